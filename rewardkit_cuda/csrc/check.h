// What a call must look like, and the words for what it must not.
#pragma once
#include "estimators.h"
#include "tokens.h"

namespace rk {

inline int check_tokens(const RkArgs* a) {
  if (!a) return RK_NULL_POINTER;
  if (a->struct_bytes != static_cast<int64_t>(sizeof(RkArgs))) return RK_BAD_STRUCT;
  if (a->batch < 0 || a->columns < 0 || a->total_tokens < 0) return RK_BAD_SIZE;
  if (a->batch > 0 && !a->advantages) return RK_NULL_POINTER;
  if (a->total_tokens == 0) return RK_OK;
  if (!a->tokens || (!a->mask && !a->cu_seqlens)) return RK_NULL_POINTER;
  if (a->mask && a->cu_seqlens) return RK_BAD_TOKENS;
  if (a->token_type != RK_FLOAT32 && a->token_type != RK_BFLOAT16) return RK_BAD_TOKENS;
  if (a->mask ? a->mask_type < RK_MASK_BYTE || a->mask_type > RK_MASK_INT64 : a->mask_type != RK_MASK_NONE)
    return RK_BAD_TOKENS;
  if (a->mask && (a->batch == 0 || a->total_tokens % a->batch || a->total_tokens / a->batch != a->columns)) return RK_BAD_SIZE;
  return reinterpret_cast<uintptr_t>(a->tokens) % 16 ? RK_UNALIGNED : RK_OK;
}

inline int check_groups(const RkArgs* a) {
  const int status = check_tokens(a);
  if (status != RK_OK) return status;
  if (a->functions < (a->batch > 0) || a->groups < 0 || a->group_size < 0) return RK_BAD_SIZE;
  if (a->group_size > 0 && (a->batch % a->group_size || a->batch / a->group_size != a->groups)) return RK_BAD_GROUPS;
  if (a->group_size == 0 && !a->offsets) return RK_NULL_POINTER;
  if (a->groups == 0 && a->batch > 0) return RK_BAD_GROUPS;
  if (a->estimator < RK_GRPO || a->estimator > RK_MAXRL || a->scale < RK_SCALE_GROUP || a->scale > RK_SCALE_NONE)
    return RK_BAD_ESTIMATOR;
  if (a->ddof < 0 || !(a->eps >= 0.0) || !(a->tol >= 0.0) || !(a->clip >= 0.0)) return RK_BAD_NUMBER;
  if (a->batch > 0 && !(a->rewards && a->scored && a->kept)) return RK_NULL_POINTER;
  if (a->groups > 0 && !(a->mean && a->deviation && a->degenerate)) return RK_NULL_POINTER;
  if (a->groups > 0 && needs_batch(*a) && !a->workspace) return RK_NULL_POINTER;
  return RK_OK;
}

inline int64_t workspace_doubles(const RkArgs* a) {
  return a && a->groups > 0 && needs_batch(*a) ? kPartialDoubles + a->batch : 0;
}

inline const char* words(int status) {
  switch (status) {
    case RK_OK: return "no error";
    case RK_BAD_STRUCT: return "the caller's argument structure has another size than the library's; rebuild the library";
    case RK_BAD_SIZE: return "a size is negative, or the mask's shape is not (batch, tokens)";
    case RK_BAD_GROUPS: return "the batch is not a whole number of groups";
    case RK_BAD_ESTIMATOR: return "unknown estimator or scale";
    case RK_BAD_NUMBER: return "ddof, eps, tol and clip must not be negative or NaN";
    case RK_BAD_TOKENS:
      return "tokens need either a mask (bool, uint8, int32, int64 or float32) or cu_seqlens, and float32 or bfloat16";
    case RK_NULL_POINTER: return "a pointer that this call needs is null";
    case RK_UNALIGNED: return "the token tensor does not stand on a 16-byte boundary";
    default: return "unknown status";
  }
}

}  // namespace rk

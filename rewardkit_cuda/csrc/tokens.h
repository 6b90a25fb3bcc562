// Which tokens are a row's, and which of them are the completion's.
#pragma once
#include "abi.h"
#include "portable.h"

namespace rk {

// The token tensor is rows one after another. Packed tokens have two rows more, which are nobody's: what lies before the first
// completion, and what lies after the last.
RK_HD int64_t token_rows(const RkArgs& a) { return a.cu_seqlens ? a.batch + 2 : a.batch; }

RK_HD int64_t end_of_row(const RkArgs& a, int64_t row) {
  if (!a.cu_seqlens) return (row + 1) * a.columns;
  return row > a.batch ? a.total_tokens : smaller(larger<int64_t>(a.cu_seqlens[row], 0), a.total_tokens);
}

// The completion whose tokens a row has; below 0 or from B on, nobody.
RK_HD int64_t completion_of_row(const RkArgs& a, int64_t row) { return a.cu_seqlens ? row - 1 : row; }

RK_HD bool is_token(const RkArgs& a, int64_t f) {
  switch (a.mask_type) {
    case RK_MASK_BYTE: return static_cast<const uint8_t*>(a.mask)[f] != 0;
    case RK_MASK_FLOAT: return (static_cast<const uint32_t*>(a.mask)[f] & 0x7fffffffu) != 0;
    case RK_MASK_INT32: return static_cast<const int32_t*>(a.mask)[f] != 0;
    case RK_MASK_INT64: return static_cast<const int64_t*>(a.mask)[f] != 0;
    default: return true;
  }
}

}  // namespace rk

// The C ABI, the same for the CUDA library and for the host library. Nothing here depends on torch or on CUDA.
#pragma once
#include <stdint.h>

#define RK_ABI_VERSION 2
#define RK_API __attribute__((visibility("default")))

enum RkEstimator { RK_GRPO = 0, RK_RLOO = 1, RK_GDPO = 2, RK_REINFORCE_PP = 3, RK_MAXRL = 4 };
enum RkScale { RK_SCALE_GROUP = 0, RK_SCALE_BATCH = 1, RK_SCALE_NONE = 2 };
enum RkMask { RK_MASK_NONE = 0, RK_MASK_BYTE = 1, RK_MASK_FLOAT = 2, RK_MASK_INT32 = 3, RK_MASK_INT64 = 4 };
enum RkToken { RK_FLOAT32 = 0, RK_BFLOAT16 = 1 };

enum RkStatus {
  RK_OK = 0,
  RK_BAD_STRUCT = 1,
  RK_BAD_SIZE = 2,
  RK_BAD_GROUPS = 3,
  RK_BAD_ESTIMATOR = 4,
  RK_BAD_NUMBER = 5,
  RK_BAD_TOKENS = 6,
  RK_NULL_POINTER = 7,
  RK_UNALIGNED = 8,
  RK_CUDA_ERROR = 1000,  // plus the cudaError_t
};

// B = batch, K = functions, N = groups, T = columns. Every tensor is dense and in row order.
struct RkArgs {
  int64_t struct_bytes;  // sizeof(RkArgs) as the caller sees it
  int64_t batch;
  int64_t functions;
  int64_t group_size;  // > 0: group g is the rows g * group_size …; 0: `order` and `offsets` say
  int64_t groups;
  int64_t columns;
  int64_t total_tokens;  // B * T, or the length of the packed tensor; 0 writes no tokens
  const float* rewards;  // (B, K), NaN = unscored
  const float* weights;  // (K,), or null where all are 1
  const int64_t* order;  // (B,), or null where rows of a group are adjacent already
  const int64_t* offsets;  // (N + 1,); a row that no group has gets 0, an entry of `order` that is no row is passed over
  const void* mask;  // (B, T), not zero = a token of the completion
  const int64_t* cu_seqlens;  // (B + 1,), excludes `mask`
  float* advantages;  // (B,); only read by rewardkit_spread_tokens
  void* tokens;  // (B, T) or (total_tokens,), on a 16-byte boundary
  float* mean;  // (N,)
  float* deviation;  // (N,)
  uint8_t* degenerate;  // (N,), 0 or 1
  uint8_t* scored;  // (B,), 0 or 1: the row has a reward
  uint8_t* kept;  // (B,), 0 or 1: and its group is not degenerate
  double* workspace;  // rewardkit_workspace_doubles() of them, written before they are read; null where that is 0
  double eps;
  double tol;
  double clip;  // infinity: none
  int32_t estimator;
  int32_t scale;
  int32_t ddof;
  int32_t mask_type;
  int32_t token_type;
  int32_t reserved;
};

#ifdef __cplusplus
extern "C" {
#endif

RK_API int rewardkit_version(void);
// Devices that the library can run on; 0 without a driver. The host library has one.
RK_API int rewardkit_device_count(void);
RK_API const char* rewardkit_error_string(int status);
RK_API int64_t rewardkit_workspace_doubles(const struct RkArgs* args);
// Both return a RkStatus, launch on `stream` (a cudaStream_t) and do not wait for it.
RK_API int rewardkit_group_advantages(const struct RkArgs* args, void* stream);
RK_API int rewardkit_spread_tokens(const struct RkArgs* args, void* stream);

#ifdef __cplusplus
}
#endif

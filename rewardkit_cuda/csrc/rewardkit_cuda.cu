// The CUDA library: which kernels a call launches. At most two, and one for groups of a fixed size without batch statistics.
#include <cuda_runtime.h>

#include "check.h"
#include "kernels.cuh"

namespace rk {
namespace {

// Rewards a group may have and still be read again by every block that writes its tokens. It needs room in the stage.
#ifndef RK_READ_AGAIN
#define RK_READ_AGAIN kRows
#endif
constexpr int64_t kReadAgain = RK_READ_AGAIN;
static_assert(kReadAgain <= kRows, "whole groups are staged");
// Tokens a block takes at once, and the blocks from which on there are enough to take so many.
#ifndef RK_PIECE
#define RK_PIECE 16384
#endif
constexpr int64_t kPiece = RK_PIECE, kShortestPiece = 1024, kEnoughBlocks = 1024;
static_assert(kPiece <= kLongestPiece && kPiece % kShortestPiece == 0, "pieces begin on 16-byte boundaries");
constexpr int64_t kMostBlocks = int64_t{1} << 20, kMostItems = int64_t{1} << 30;
// The first of the targets in build.py; there is no code for what is older.
constexpr int kOldestMajor = 8;

int multiprocessors() {
  int device = 0, count = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return 1;
  if (cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device) != cudaSuccess) return 1;
  return count;
}

template <class... Parameters, class... Arguments>
int launch(void (*kernel)(Parameters...), int64_t blocks, void* stream, Arguments... arguments) {
  if (blocks == 0) return RK_OK;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(blocks));
  config.blockDim = dim3(kWarps * kLanes);
  config.stream = static_cast<cudaStream_t>(stream);
  const cudaError_t error = cudaLaunchKernelEx(&config, kernel, arguments...);
  return error == cudaSuccess ? RK_OK : RK_CUDA_ERROR + static_cast<int>(error);
}

// Long pieces share a group's statistics, short ones spread little work over the device; and none has many more rows than fit.
int64_t piece_tokens(const RkArgs& a) {
  int64_t piece = kPiece;
  const int64_t row = larger<int64_t>(a.total_tokens / larger<int64_t>(a.batch, 1), 1);
  while (piece > kShortestPiece && (a.total_tokens / piece < kEnoughBlocks || piece / row > kRows)) piece /= 2;
  return piece;
}

template <class Mask, class Token>
int launch_tokens(const RkArgs& a, Source source, void* stream) {
  const int64_t piece = piece_tokens(a), before = blocks_before(a, source), items = before + (a.total_tokens + piece - 1) / piece;
  if (items > kMostItems) return RK_BAD_SIZE;
  // Blocks that first read the batch's moments stay for more work; else the device deals blocks out as it gets free.
  const int64_t most = source == kBatch ? blocks_at_once<Mask, Token>() * static_cast<int64_t>(multiprocessors()) : kMostBlocks;
  const Plan plan{source, static_cast<int>(before), static_cast<int>(items), piece};
  return launch(tokens_kernel<Mask, Token>, smaller(items, most), stream, a, plan);
}

template <class Mask>
int launch_tokens(const RkArgs& a, Source source, void* stream) {
  return a.token_type == RK_BFLOAT16 ? launch_tokens<Mask, uint16_t>(a, source, stream)
                                     : launch_tokens<Mask, float>(a, source, stream);
}

int write(const RkArgs& a, Source source, void* stream) {
  switch (a.mask_type) {
    case RK_MASK_BYTE: return launch_tokens<ByteMask>(a, source, stream);
    case RK_MASK_FLOAT: return launch_tokens<FloatMask>(a, source, stream);
    case RK_MASK_INT32: return launch_tokens<IntMask>(a, source, stream);
    case RK_MASK_INT64: return launch_tokens<LongMask>(a, source, stream);
    default: return launch_tokens<NoMask>(a, source, stream);
  }
}

int group_advantages(const RkArgs& a, void* stream) {
  cudaError_t filled = cudaSuccess;
  clear_rows_without_group(a, [&](void* at, int byte, size_t bytes) {
    if (filled == cudaSuccess) filled = cudaMemsetAsync(at, byte, bytes, static_cast<cudaStream_t>(stream));
  });
  if (filled != cudaSuccess) return RK_CUDA_ERROR + static_cast<int>(filled);
  const bool waits = needs_batch(a);
  const bool read_again = a.group_size > 0 && a.group_size <= kReadAgain / larger<int64_t>(a.functions, 1);
  if (a.total_tokens > 0 && !waits && read_again) return write(a, kGroup, stream);
  const int64_t blocks = (a.groups + kWarps - 1) / kWarps;
  const int status = waits ? launch(begin_groups, partials(a), stream, a)
                           : launch(finish_groups, smaller(blocks, kMostBlocks), stream, a);
  if (status != RK_OK) return status;
  if (waits && a.batch > 0) return write(a, kBatch, stream);
  return a.total_tokens > 0 ? write(a, kGiven, stream) : RK_OK;
}

}  // namespace
}  // namespace rk

extern "C" {

int rewardkit_version(void) { return RK_ABI_VERSION; }

int rewardkit_device_count(void) {
  int there = 0, usable = 0;
  if (cudaGetDeviceCount(&there) != cudaSuccess) return 0;
  for (int device = 0; device < there; ++device) {
    int major = 0;
    if (cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) == cudaSuccess && major >= rk::kOldestMajor)
      ++usable;
  }
  return usable;
}

const char* rewardkit_error_string(int status) {
  if (status >= RK_CUDA_ERROR) return cudaGetErrorString(static_cast<cudaError_t>(status - RK_CUDA_ERROR));
  return rk::words(status);
}

int64_t rewardkit_workspace_doubles(const RkArgs* args) { return rk::workspace_doubles(args); }

int rewardkit_group_advantages(const RkArgs* args, void* stream) {
  const int status = rk::check_groups(args);
  return status != RK_OK ? status : rk::group_advantages(*args, stream);
}

int rewardkit_spread_tokens(const RkArgs* args, void* stream) {
  const int status = rk::check_tokens(args);
  return status != RK_OK || args->total_tokens == 0 ? status : rk::write(*args, rk::kGiven, stream);
}

}  // extern "C"

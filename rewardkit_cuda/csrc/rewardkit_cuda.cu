// The CUDA library: which kernels a call launches. At most two, and one for groups of a fixed size without batch statistics.
#include <cuda_runtime.h>

#include "check.h"
#include "kernels.cuh"

namespace rk {
namespace {

// Rewards a group may have and still be read again by every warp that writes its tokens.
constexpr int64_t kReadAgain = 1024;
constexpr int64_t kMostBlocks = int64_t{1} << 20;
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

template <class Mask, class Token>
int launch_tokens(const RkArgs& a, Source source, void* stream) {
  const int64_t needed = (row_work(a, source) + pieces(a) + kWarps - 1) / kWarps;
  // Blocks that first read the batch's moments stay for more work; else the device deals blocks out as it gets free.
  const int64_t most = source == kBatch ? 16 * static_cast<int64_t>(multiprocessors()) : kMostBlocks;
  return launch(tokens_kernel<Mask, Token>, smaller(needed, most), stream, a, source, piece_tokens(a));
}

template <class Mask>
int launch_tokens(const RkArgs& a, Source source, void* stream) {
  return a.token_type == RK_BFLOAT16 ? launch_tokens<Mask, uint16_t>(a, source, stream)
                                     : launch_tokens<Mask, float>(a, source, stream);
}

int write(const RkArgs& a, Source source, void* stream) {
  if (a.mask_type == RK_MASK_BYTE) return launch_tokens<ByteMask>(a, source, stream);
  if (a.mask_type == RK_MASK_FLOAT) return launch_tokens<FloatMask>(a, source, stream);
  return launch_tokens<NoMask>(a, source, stream);
}

int group_advantages(const RkArgs& a, void* stream) {
  const bool waits = needs_batch(a);
  const bool read_again = a.group_size > 0 && a.group_size <= kReadAgain / smaller(a.functions, kReadAgain);
  if (a.total_tokens > 0 && !waits && read_again) return write(a, kGroup, stream);
  const int64_t blocks = (a.groups + kWarps - 1) / kWarps;
  const int status = waits ? launch(begin_groups, partials(a), stream, a)
                           : launch(finish_groups, smaller(blocks, kMostBlocks), stream, a);
  if (status != RK_OK || a.batch == 0) return status;
  return waits || a.total_tokens > 0 ? write(a, waits ? kBatch : kGiven, stream) : RK_OK;
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

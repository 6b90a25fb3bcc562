// The kernels. A warp takes a group, or 32 rows, or a piece of the token tensor; no warp waits for another within a launch, except for the
// batch's moments, which a block reads once.
#pragma once
#include "estimators.h"
#include "write_tokens.cuh"

namespace rk {

__device__ __forceinline__ int64_t first_warp() {
  return static_cast<int64_t>(blockIdx.x) * kWarps + threadIdx.x / kLanes;
}
__device__ __forceinline__ int64_t warps_of_grid() { return static_cast<int64_t>(gridDim.x) * kWarps; }

// Groups that are all their rows need.
__global__ void __launch_bounds__(kWarps* kLanes) finish_groups(const RkArgs a) {
  DeviceWarp warp;
  for (int64_t g = first_warp(); g < a.groups; g += warps_of_grid()) finish_group(warp, a, g);
}

// Groups whose rows wait for the batch; each block leaves its part of the batch's moments.
__global__ void __launch_bounds__(kWarps* kLanes) begin_groups(const RkArgs a) {
  __shared__ Moments parts[kWarps];
  DeviceWarp warp;
  Moments& own = parts[threadIdx.x / kLanes];  // of the first lane alone, so no barrier until all are done
  warp.once([&] { own = Moments::none(); });
  for (int64_t g = first_warp(); g < a.groups; g += warps_of_grid()) {
    const Moments part = begin_group(warp, a, g);
    warp.once([&] { own = Moments::merged(own, part); });
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    Moments sum = Moments::none();
    for (int w = 0; w < kWarps; ++w) sum = Moments::merged(sum, parts[w]);
    *partial(a, blockIdx.x) = sum;
  }
}

// Where a row's advantage comes from when its tokens are written.
enum Source {
  kGiven,  // from `advantages`, which an earlier launch or the caller wrote
  kGroup,  // from the group's rewards, read again and summed again: cheaper than waiting for another warp
  kBatch,  // from what is pending and the batch's moments
};

// Advantages of rows, as the tokens need them. A warp asks for neighbouring rows, so the last group is kept.
struct Advantages {
  const RkArgs& a;
  const Moments& batch;
  Moments& kept;  // the group's, in shared memory: registers are for tokens
  Source source;
  int64_t group = -1;

  __device__ __forceinline__ float operator()(DeviceWarp& warp, int64_t row) {
    if (source == kGiven) return a.advantages[row];
    if (source == kBatch) return from_batch(a, batch, pending(a)[row]);
    if (row / a.group_size != group) {
      group = row / a.group_size;
      const Moments of = reward_moments(warp, a, Group::of(a, group));
      __syncwarp();
      warp.once([&] { kept = of; });
      __syncwarp();
    }
    return from_group(a, kept, flat(a, kept), reward(a, row));
  }
};

// Work before the tokens: the groups themselves (kGroup), or the advantages that waited for the batch (kBatch), 32 rows a warp.
RK_HD int64_t row_work(const RkArgs& a, Source source) {
  return source == kGroup ? a.groups : source == kBatch ? (a.batch + kLanes - 1) / kLanes : 0;
}

// At least three blocks on a multiprocessor: up to 80 registers, and 24 warps with 64 bytes of mask under way in each lane.
template <class Mask, class Token>
__global__ void __launch_bounds__(kWarps* kLanes, 3) tokens_kernel(const RkArgs a, const Source source, const int64_t piece) {
  __shared__ Moments batch;
  __shared__ Moments kept[kWarps];
  __shared__ Exchange exchange[kWarps];
  DeviceWarp warp;
  if (source == kBatch) {
    if (threadIdx.x < kLanes) {
      const Moments sum = batch_moments(warp, a);
      warp.once([&] { batch = sum; });
    }
    __syncthreads();
  }
  Advantages advantages{a, batch, kept[threadIdx.x / kLanes], source};
  const int64_t before = row_work(a, source);
  const int64_t work = before + pieces(a);
  for (int64_t item = first_warp(); item < work; item += warps_of_grid()) {
    if (item >= before) {
      const int64_t from = (item - before) * piece;
      write_piece<Mask, Token>(warp, a, advantages, from, smaller(from + piece, a.total_tokens), exchange[threadIdx.x / kLanes]);
    } else if (source == kGroup) {
      finish_group(warp, a, item);
    } else {
      const int64_t row = item * kLanes + threadIdx.x % kLanes;
      if (row < a.batch) a.advantages[row] = from_batch(a, batch, pending(a)[row]);
    }
  }
}

}  // namespace rk

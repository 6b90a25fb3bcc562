// The kernels. A warp takes a group, a block 256 rows or a piece of the token tensor; no block waits for another within a launch.
#pragma once
#include "estimators.h"
#include "write_tokens.cuh"

namespace rk {

__device__ __forceinline__ int64_t first_warp() {
  return static_cast<int64_t>(blockIdx.x) * kWarps + threadIdx.x / kLanes;
}
__device__ __forceinline__ int64_t warps_of_grid() { return static_cast<int64_t>(gridDim.x) * kWarps; }

// Four blocks on a multiprocessor: up to 64 registers, and 32 warps with 64 bytes of mask under way in each lane.
#ifndef RK_BLOCKS
#define RK_BLOCKS 4
#endif

// Eight tokens' int64 mask are 16 registers in one vector, which leaves no room for four.
template <class Mask, class Token>
constexpr int blocks_at_once() {
  return Mask::kBytes * (16 / sizeof(Token)) > 32 && RK_BLOCKS > 3 ? 3 : RK_BLOCKS;
}

// Groups that are all their rows need.
__global__ void __launch_bounds__(kThreads, 4) finish_groups(const RkArgs a) {
  DeviceWarp warp;
  for (int64_t g = first_warp(); g < a.groups; g += warps_of_grid()) finish_group(warp, a, g);
}

// Groups whose rows wait for the batch; each block leaves its part of the batch's moments.
__global__ void __launch_bounds__(kThreads) begin_groups(const RkArgs a) {
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

// Blocks with work before the tokens: the groups themselves (kGroup), or the advantages that waited for the batch (kBatch).
RK_HD int64_t blocks_before(const RkArgs& a, Source source) {
  if (source == kGroup) return (a.groups + kWarps - 1) / kWarps;
  return source == kBatch ? (a.batch + kThreads - 1) / kThreads : 0;
}

// Tokens of one piece. The mask is on its way while the block makes its rows' advantages.
template <class Mask, class Token>
__device__ __forceinline__ void write_piece(const RkArgs& a, const Plan& plan, const Moments& batch, Stage& stage, int item) {
  prefetch<Mask>(range_of<Mask, Token>(a, plan.base(item), 0, plan.length(a, item)));
#pragma unroll 1
  for (int from = 0; from < plan.length(a, item); from = stage.end) {
    if (from > 0) __syncthreads();  // the stage is used again
    stage_rows(a, plan, batch, stage, item, from);
    const Rows<Mask> rows{stage, static_cast<int>(smaller(a.columns, kLongestPiece))};
    write_range<Mask, Token>(range_of<Mask, Token>(a, plan.base(item), from, stage.end), rows);
  }
}

template <class Mask, class Token>
__global__ void __launch_bounds__(kThreads, (blocks_at_once<Mask, Token>())) tokens_kernel(const RkArgs a, const Plan plan) {
  __shared__ Moments batch;
  __shared__ Stage stage;
  DeviceWarp warp;
  if (plan.source == kBatch) {
    if (threadIdx.x < kLanes) {
      const Moments sum = batch_moments(warp, a);
      warp.once([&] { batch = sum; });
    }
    __syncthreads();
  }
#pragma unroll 1
  for (int item = blockIdx.x; item < plan.items; item += gridDim.x) {
    if (item >= plan.before) {
      write_piece<Mask, Token>(a, plan, batch, stage, item);
      __syncthreads();
    } else if (plan.source == kGroup) {
      const int64_t g = static_cast<int64_t>(item) * kWarps + threadIdx.x / kLanes;
      if (g < a.groups) finish_group(warp, a, g);
    } else {
      const int64_t row = static_cast<int64_t>(item) * kThreads + threadIdx.x;
      if (row < a.batch) a.advantages[row] = from_batch(a, batch, pending(a)[row]);
    }
  }
}

}  // namespace rk

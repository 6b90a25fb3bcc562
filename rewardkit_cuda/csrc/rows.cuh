// The rows that a block is writing tokens of, and the advantage of each: made once a block, kept in shared memory.
#pragma once
#include "estimators.h"
#include "tokens.h"
#include "warp.cuh"

namespace rk {

struct NoMask;

constexpr int kThreads = kWarps * kLanes;
constexpr int kRows = 512;
constexpr int64_t kLongestPiece = int64_t{1} << 20;

// Where a row's advantage comes from when its tokens are written.
enum Source {
  kGiven,  // from `advantages`, which an earlier launch or the caller wrote
  kGroup,  // from the group's rewards, read again and summed again: cheaper than waiting for another block
  kBatch,  // from what is pending and the batch's moments
};

// What a launch does, block by block: `before` blocks for groups or rows, then one for each piece of the token tensor.
struct Plan {
  Source source;
  int before, items;
  int64_t piece;

  // The piece's first token, and how many it has.
  RK_HD int64_t base(int item) const { return (item - before) * piece; }
  RK_HD int length(const RkArgs& a, int item) const { return static_cast<int>(smaller(piece, a.total_tokens - base(item))); }
};

// Shared by a block: the rows [first, first + count) that it writes, all of it counted from the piece's first token.
struct Stage {
  double rewards[kRows];  // of whole groups, read once by all threads
  float advantages[kRows];
  int ends[kRows];  // of packed rows
  int64_t first, group_from;  // `group_from` is a completion
  int count, grouped, first_end, end;
};

// The stage's rows as tokens see them. Without a mask they are packed and end anywhere; else they are all as long as the mask's.
template <class Mask>
struct Rows {
  const Stage& stage;
  int columns;

  __device__ __forceinline__ float advantage(int row) const { return stage.advantages[row]; }
  __device__ __forceinline__ int end(int row) const {
    if constexpr (std::is_same<Mask, NoMask>::value) return stage.ends[row];
    return stage.first_end + row * columns;
  }
  // The row that token f is in.
  __device__ __forceinline__ int of(int f) const {
    if constexpr (std::is_same<Mask, NoMask>::value) {
      int low = 0, high = stage.count - 1;
      while (low < high) {
        const int middle = (low + high) / 2;
        if (stage.ends[middle] <= f) low = middle + 1;
        else high = middle;
      }
      return low;
    }
    const int past = f - stage.first_end;
    return past < 0 ? 0 : 1 + static_cast<int>(static_cast<unsigned>(past) / static_cast<unsigned>(columns));
  }
};

// The row that token f is in. All lanes search, so 32 parts of the range are told apart at once.
__device__ __forceinline__ int64_t row_at(DeviceWarp& warp, const RkArgs& a, int64_t f) {
  if (!a.cu_seqlens) return f / a.columns;
  int64_t low = 0, high = a.batch + 1;  // end_of_row(high) > f, and end_of_row(low - 1) <= f
  while (low < high) {
    const int64_t step = (high - low + kLanes - 1) / kLanes;
    const int64_t probe = low + warp.lane() * step;
    const int below = warp.first(probe >= high || end_of_row(a, probe) > f);
    const int64_t found = smaller(low + below * step, high);
    if (below > 0) low += (below - 1) * step + 1;
    high = found;
  }
  return low;
}

// Which rows the block writes next: from that of token `from` on as many as there is room for, up to that of token `to - 1`.
__device__ __forceinline__ void choose_rows(DeviceWarp& warp, const RkArgs& a, const Plan& plan, Stage& stage, int64_t base,
                                            int from, int to) {
  const int64_t first = row_at(warp, a, base + from), last = larger(row_at(warp, a, base + to - 1), first);
  const int64_t shift = a.cu_seqlens ? 1 : 0;  // row = completion + shift
  int64_t beyond = smaller(last + 1, first + kRows), group_from = 0, group_to = 0;
  if (plan.source == kGroup) {
    const int64_t size = a.group_size;
    group_from = larger<int64_t>(first - shift, 0) / size * size;
    group_to = smaller((smaller(beyond - shift, a.batch) + size - 1) / size * size, group_from + kRows / size * size);
    if (group_to < a.batch) beyond = smaller(beyond, group_to + shift);
  }
  // The first row ends behind `from`, so that the block gets on even where ends do not ascend.
  const int64_t last_end = larger(end_of_row(a, beyond - 1), end_of_row(a, first)) - base;
  const int end = beyond > last ? to : static_cast<int>(smaller(last_end, int64_t{to}));
  warp.once([&] {
    stage.first = first;
    stage.group_from = group_from;
    stage.count = static_cast<int>(beyond - first);
    stage.grouped = static_cast<int>(group_to - group_from);
    stage.first_end = static_cast<int>(smaller((first + 1) * a.columns - base, kLongestPiece));
    stage.end = end;
  });
}

// The advantages of whole groups: rewards are read by all threads, and a warp takes a group.
__device__ __forceinline__ void stage_groups(DeviceWarp& warp, const RkArgs& a, Stage& stage) {
  for (int i = threadIdx.x; i < stage.grouped; i += kThreads) stage.rewards[i] = reward(a, stage.group_from + i);
  __syncthreads();
  const int size = static_cast<int>(a.group_size);
#pragma unroll 1
  for (int at = threadIdx.x / kLanes * size; at < stage.grouped; at += kWarps * size) {
    const Moments of = moments(warp, size, [&](int i) { return stage.rewards[at + i]; });
    const bool is_flat = flat(a, of);
    const int apart = static_cast<int>(stage.group_from - stage.first) + (a.cu_seqlens ? 1 : 0) + at;
#pragma unroll 1
    for (int i = warp.lane(); i < size; i += kLanes) {
      const int row = i + apart;
      if (row >= 0 && row < stage.count) stage.advantages[row] = from_group(a, of, is_flat, stage.rewards[at + i]);
    }
  }
}

// Rows and their advantages, ready for all threads.
__device__ __forceinline__ void stage_rows(const RkArgs& a, const Plan& plan, const Moments& batch, Stage& stage, int item,
                                           int from) {
  DeviceWarp warp;
  if (threadIdx.x < kLanes) choose_rows(warp, a, plan, stage, plan.base(item), from, plan.length(a, item));
  __syncthreads();
#pragma unroll 1
  for (int i = threadIdx.x; i < stage.count; i += kThreads) {
    const int64_t row = stage.first + i, completion = completion_of_row(a, row);
    if (a.cu_seqlens) {
      const int64_t end = end_of_row(a, row) - plan.base(item);
      stage.ends[i] = static_cast<int>(larger<int64_t>(smaller(end, kLongestPiece), 0));
    }
    if (completion < 0 || completion >= a.batch) stage.advantages[i] = 0.0f;
    else if (plan.source == kGiven) stage.advantages[i] = a.advantages[completion];
    else if (plan.source == kBatch) stage.advantages[i] = from_batch(a, batch, pending(a)[completion]);
  }
  if (plan.source == kGroup) stage_groups(warp, a, stage);
  __syncthreads();
}

}  // namespace rk

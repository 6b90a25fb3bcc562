// A warp as statistics.h wants it.
#pragma once
#include <type_traits>

#include "portable.h"

namespace rk {

constexpr unsigned kAll = 0xffffffffu;

__device__ __forceinline__ void prefetch_line(const void* at) {
#ifdef __CUDA_ARCH__
  asm volatile("prefetch.global.L2 [%0];" ::"l"(at));
#endif
}

// A plain store, which the emulator counts.
template <class T>
__device__ __forceinline__ void store_token(T* at, T value) {
#ifdef __CUDACC__
  *at = value;
#else
  emulator::store(at, value);
#endif
}

struct DeviceWarp {
  __device__ __forceinline__ int lane() const { return threadIdx.x % kLanes; }

  // Every lane gets the same bits, because merging does not care for the order of its sides.
  template <class T, class Part>
  __device__ __forceinline__ T reduce(Part part) {
    T mine = part(lane());
#pragma unroll
    for (int apart = kLanes / 2; apart > 0; apart /= 2) mine = T::merged(mine, from_lane_apart(mine, apart));
    return mine;
  }
  template <class Do>
  __device__ __forceinline__ void each(int64_t count, Do act) {
#pragma unroll 1
    for (int64_t i = lane(); i < count; i += kLanes) act(i);
  }
  template <class Do>
  __device__ __forceinline__ void once(Do act) {
    if (lane() == 0) act();
  }
  // The first lane that says yes; 32 where none does.
  __device__ __forceinline__ int first(bool mine) {
    const uint32_t votes = __ballot_sync(kAll, mine);
    return votes ? __ffs(static_cast<int>(votes)) - 1 : kLanes;
  }

 private:
  template <class T>
  __device__ __forceinline__ static T from_lane_apart(const T& mine, int apart) {
    constexpr int kDoubles = sizeof(T) / sizeof(double);
    double doubles[kDoubles];
    memcpy(doubles, &mine, sizeof(T));
#pragma unroll
    for (int i = 0; i < kDoubles; ++i) doubles[i] = __shfl_xor_sync(kAll, doubles[i], apart);
    T theirs;
    memcpy(&theirs, doubles, sizeof(T));
    return theirs;
  }
};

}  // namespace rk

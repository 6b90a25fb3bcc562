// What the device and the host share: one macro, and floating point by its bits.
#pragma once
#include <stdint.h>
#include <string.h>

#ifdef __CUDACC__
#define RK_HD __host__ __device__ __forceinline__
#else
#define RK_HD inline
#endif

// Groups are small: unrolled loops over them cost registers that the tokens need.
#ifdef __CUDA_ARCH__
#define RK_ROLLED _Pragma("unroll 1")
#else
#define RK_ROLLED
#endif

namespace rk {

constexpr int kLanes = 32;

template <class To, class From>
RK_HD To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From), "a copy of bits keeps their number");
  To to;
  memcpy(&to, &from, sizeof(to));
  return to;
}

// By bits, so that no compiler flag can take it away.
RK_HD bool is_nan(float x) { return (bits_as<uint32_t>(x) & 0x7fffffffu) > 0x7f800000u; }
RK_HD bool is_nan(double x) { return (bits_as<uint64_t>(x) & 0x7fffffffffffffffull) > 0x7ff0000000000000ull; }

RK_HD double nan_value() { return bits_as<double>(uint64_t{0x7ff8000000000000ull}); }
RK_HD double infinity() { return bits_as<double>(uint64_t{0x7ff0000000000000ull}); }

// Round to nearest, ties to even.
RK_HD uint16_t bfloat16(float x) {
  const uint32_t bits = bits_as<uint32_t>(x);
  if (is_nan(x)) return static_cast<uint16_t>((bits >> 16) | 0x40u);
  return static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

template <class T>
RK_HD T smaller(T a, T b) {
  return b < a ? b : a;
}
template <class T>
RK_HD T larger(T a, T b) {
  return a < b ? b : a;
}

}  // namespace rk

// Moments of values of which some are missing, in float64 and in an order that depends on nothing but their number.
//
// A `Warp` is 32 lanes: on the device a real warp, on the host a loop over lanes. Lane l takes the values l, l + 32, …, and a
// halving tree joins the lanes. Every merge gives the same bits with its sides exchanged, so both kinds of warp agree bit for bit.
#pragma once
#include <math.h>

#include "portable.h"

namespace rk {

struct Moments {
  double n, mean, m2, low, high;

  static RK_HD Moments none() { return {0.0, 0.0, 0.0, infinity(), -infinity()}; }

  // Chan, Golub and LeVeque 1983, in a form that is symmetric to the bit.
  static RK_HD Moments merged(const Moments& a, const Moments& b) {
    if (a.n == 0.0) return b;
    if (b.n == 0.0) return a;
    const double n = a.n + b.n, apart = a.mean - b.mean;
    return {n, (a.n * a.mean + b.n * b.mean) / n, a.m2 + b.m2 + apart * apart * (a.n * b.n / n), smaller(a.low, b.low),
            larger(a.high, b.high)};
  }
};

struct FirstPass {
  double n, sum, low, high;

  static RK_HD FirstPass merged(const FirstPass& a, const FirstPass& b) {
    return {a.n + b.n, a.sum + b.sum, smaller(a.low, b.low), larger(a.high, b.high)};
  }
};

struct SecondPass {
  double squares;

  static RK_HD SecondPass merged(const SecondPass& a, const SecondPass& b) { return {a.squares + b.squares}; }
};

// Two passes over value(0) … value(count - 1); NaN is missing.
template <class Warp, class Count, class Value>
RK_HD Moments moments(Warp& warp, Count count, Value value) {
  const FirstPass first = warp.template reduce<FirstPass>([&](int lane) {
    FirstPass part = {0.0, 0.0, infinity(), -infinity()};
    RK_ROLLED for (Count i = lane; i < count; i += kLanes) {
      const double x = value(i);
      if (!is_nan(x)) part = FirstPass::merged(part, {1.0, x, x, x});
    }
    return part;
  });
  if (first.n == 0.0) return Moments::none();
  const double mean = first.sum / first.n;
  const SecondPass second = warp.template reduce<SecondPass>([&](int lane) {
    SecondPass part = {0.0};
    RK_ROLLED for (Count i = lane; i < count; i += kLanes) {
      const double x = value(i);
      if (!is_nan(x)) part.squares += (x - mean) * (x - mean);
    }
    return part;
  });
  return {first.n, mean, second.squares, first.low, first.high};
}

RK_HD double deviation(const Moments& of, int ddof) { return of.n > ddof ? sqrt(of.m2 / (of.n - ddof)) : 0.0; }

RK_HD bool has_infinite(const Moments& of) { return of.n > 0.0 && (of.low == -infinity() || of.high == infinity()); }

// By the spread, never by the deviation: the mean of equal numbers is often off by a bit. Infinite values have no spread.
RK_HD bool is_degenerate(const Moments& of, double tol) {
  if (of.n < 2.0) return true;
  const double size = larger(larger(fabs(of.low), fabs(of.high)), 1.0);
  return !(of.high - of.low > tol * size);
}

}  // namespace rk

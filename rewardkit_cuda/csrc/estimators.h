// What an advantage is, once: the device and the host run these same functions.
#pragma once
#include "abi.h"
#include "statistics.h"

namespace rk {

// The batch's moments come together in two levels: up to 128 blocks of 8 warps, whatever the device.
constexpr int kWarps = 8;
constexpr int kPartials = 128;
constexpr int64_t kPartialDoubles = kPartials * (sizeof(Moments) / sizeof(double));

RK_HD bool needs_batch(const RkArgs& a) {
  if (a.estimator == RK_GDPO || a.estimator == RK_REINFORCE_PP) return true;
  return a.scale == RK_SCALE_BATCH && a.estimator != RK_MAXRL;
}

RK_HD int64_t partials(const RkArgs& a) { return smaller<int64_t>((a.groups + kWarps - 1) / kWarps, kPartials); }
RK_HD Moments* partial(const RkArgs& a, int64_t p) { return reinterpret_cast<Moments*>(a.workspace) + p; }
// (B,): what a row has before the batch's moments are known. NaN: its advantage is 0.
RK_HD double* pending(const RkArgs& a) { return a.workspace + kPartialDoubles; }

// r = sum over the scored k of w_k r_k; NaN when none is scored.
RK_HD double reward(const RkArgs& a, int64_t row) {
  const float* of = a.rewards + row * a.functions;
  double sum = 0.0;
  bool scored = false;
  RK_ROLLED for (int64_t k = 0; k < a.functions; ++k) {
    if (is_nan(of[k])) continue;
    sum += static_cast<double>(a.weights[k]) * static_cast<double>(of[k]);
    scored = true;
  }
  return scored ? sum : nan_value();
}

struct Group {
  const int64_t* order;
  int64_t first, count;

  static RK_HD Group of(const RkArgs& a, int64_t g) {
    if (a.group_size > 0) return {nullptr, g * a.group_size, a.group_size};
    return {a.order, a.offsets[g], a.offsets[g + 1] - a.offsets[g]};
  }
  RK_HD int64_t row(int64_t i) const { return order ? order[first + i] : first + i; }
};

template <class Warp>
RK_HD Moments reward_moments(Warp& warp, const RkArgs& a, const Group& group) {
  return moments(warp, group.count, [&](int64_t i) { return reward(a, group.row(i)); });
}

RK_HD bool flat(const RkArgs& a, const Moments& of) {
  return is_degenerate(of, a.tol) || (a.estimator == RK_MAXRL && !(of.mean > a.eps));
}

// A scored row of a group that is not flat; with the batch's moments still to come where they are needed.
RK_HD double centred(const RkArgs& a, const Moments& of, double r) {
  double value = r - of.mean;
  if (a.estimator == RK_MAXRL) return value / (of.mean + a.eps);
  if (a.estimator == RK_RLOO) value = of.n / (of.n - 1.0) * value;
  if (a.estimator == RK_REINFORCE_PP || a.scale != RK_SCALE_GROUP) return value;
  return value / (deviation(of, a.ddof) + a.eps);
}

RK_HD float rounded(const RkArgs& a, double value) {
  return static_cast<float>(is_nan(value) ? value : larger(smaller(value, a.clip), -a.clip));
}

// The advantage of a row whose group is all it needs.
RK_HD float from_group(const RkArgs& a, const Moments& of, bool is_flat, double r) {
  return is_flat || is_nan(r) ? 0.0f : rounded(a, centred(a, of, r));
}

// The advantage of a row from what it had pending.
RK_HD float from_batch(const RkArgs& a, const Moments& batch, double value) {
  if (is_nan(value) || (a.estimator == RK_GDPO && is_degenerate(batch, a.tol))) return 0.0f;
  const double centre = a.estimator == RK_GDPO || a.estimator == RK_REINFORCE_PP ? batch.mean : 0.0;
  return rounded(a, (value - centre) / (deviation(batch, a.ddof) + a.eps));
}

// S = sum_k w_k (r_k - mu_k) / (sigma_k + eps) of the group's rows, left pending. Returns whether every column is flat.
template <class Warp>
RK_HD bool sum_of_normalised(Warp& warp, const RkArgs& a, const Group& group) {
  bool every = true;
  RK_ROLLED for (int64_t k = 0; k < a.functions; ++k) {
    const Moments of = moments(
        warp, group.count, [&](int64_t i) { return static_cast<double>(a.rewards[group.row(i) * a.functions + k]); });
    const bool is_flat = is_degenerate(of, a.tol);
    const double factor = is_flat ? 0.0 : static_cast<double>(a.weights[k]) / (deviation(of, a.ddof) + a.eps);
    every = every && is_flat;
    warp.each(group.count, [&](int64_t i) {
      const int64_t row = group.row(i);
      const float r = a.rewards[row * a.functions + k];
      const double before = k == 0 ? nan_value() : pending(a)[row];
      const double more = is_flat ? 0.0 : (static_cast<double>(r) - of.mean) * factor;
      pending(a)[row] = is_nan(r) ? before : (is_nan(before) ? more : before + more);
    });
  }
  return every;
}

template <class Warp>
RK_HD void tell_group(Warp& warp, const RkArgs& a, int64_t g, const Moments& of, bool is_flat) {
  warp.once([&] {
    a.mean[g] = static_cast<float>(of.mean);
    a.deviation[g] = static_cast<float>(deviation(of, a.ddof));
    a.degenerate[g] = is_flat;
  });
}

// All of a group that is all its rows need.
template <class Warp>
RK_HD void finish_group(Warp& warp, const RkArgs& a, int64_t g) {
  const Group group = Group::of(a, g);
  const Moments of = reward_moments(warp, a, group);
  const bool is_flat = flat(a, of);
  tell_group(warp, a, g, of, is_flat);
  warp.each(group.count, [&](int64_t i) {
    const int64_t row = group.row(i);
    a.advantages[row] = from_group(a, of, is_flat, reward(a, row));
  });
}

// All of a group but what waits for the batch: its rows' values are left pending. Returns its part of the batch's moments.
template <class Warp>
RK_HD Moments begin_group(Warp& warp, const RkArgs& a, int64_t g) {
  const Group group = Group::of(a, g);
  const Moments of = reward_moments(warp, a, group);
  const bool columns = a.estimator == RK_GDPO;
  const bool is_flat = columns ? sum_of_normalised(warp, a, group) : is_degenerate(of, a.tol);
  tell_group(warp, a, g, of, is_flat);
  Moments part = of;
  if (columns) {
    part = moments(warp, group.count, [&](int64_t i) { return pending(a)[group.row(i)]; });
  } else if (a.estimator == RK_REINFORCE_PP) {
    part.mean = 0.0;
    if (is_flat) part.m2 = 0.0;
  }
  warp.each(group.count, [&](int64_t i) {
    const int64_t row = group.row(i);
    if (is_flat) {
      pending(a)[row] = nan_value();
    } else if (!columns) {
      const double r = reward(a, row);
      pending(a)[row] = is_nan(r) ? r : centred(a, of, r);
    }
  });
  return part;
}

// The second level: the blocks' parts in a fixed order.
template <class Warp>
RK_HD Moments batch_moments(Warp& warp, const RkArgs& a) {
  const int64_t count = partials(a);
  return warp.template reduce<Moments>([&](int lane) {
    Moments sum = Moments::none();
    RK_ROLLED for (int64_t p = lane; p < count; p += kLanes) sum = Moments::merged(sum, *partial(a, p));
    return sum;
  });
}

}  // namespace rk

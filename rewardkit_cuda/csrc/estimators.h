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

// Where offsets say what a group is, they may leave rows out: those have nothing pending, no reward, and 0.
template <class Fill>
void clear_rows_without_group(const RkArgs& a, Fill fill) {
  if (a.group_size > 0 || a.batch == 0) return;
  if (needs_batch(a) && a.groups > 0) {
    fill(pending(a), 0xff, a.batch * sizeof(double));  // NaN
  } else {
    fill(a.advantages, 0, a.batch * sizeof(float));
  }
  fill(a.scored, 0, a.batch);
  fill(a.kept, 0, a.batch);
}

// r = sum over the scored k of w_k r_k; NaN when none is scored. Infinities that cancel are no missing reward.
RK_HD double reward(const RkArgs& a, int64_t row) {
  const float* of = a.rewards + row * a.functions;
  double sum = 0.0;
  bool scored = false;
  RK_ROLLED for (int64_t k = 0; k < a.functions; ++k) {
    if (is_nan(of[k])) continue;
    sum += a.weights ? static_cast<double>(a.weights[k]) * static_cast<double>(of[k]) : static_cast<double>(of[k]);
    scored = true;
  }
  if (!scored) return nan_value();
  return is_nan(sum) ? infinity() : sum;
}

// Rows of a group. What `offsets` and `order` say is taken within the batch's bounds, so that nothing outside of it is touched.
struct Group {
  const int64_t* order;
  int64_t first, count, batch;

  static RK_HD Group of(const RkArgs& a, int64_t g) {
    if (a.group_size > 0) return {nullptr, g * a.group_size, a.group_size, a.batch};
    const int64_t first = larger<int64_t>(smaller(a.offsets[g], a.batch), 0);
    return {a.order, first, larger(smaller(a.offsets[g + 1], a.batch), first) - first, a.batch};
  }
  // -1: there is no such row.
  RK_HD int64_t row(int64_t i) const {
    if (!order) return first + i;
    const int64_t row = order[first + i];
    return row >= 0 && row < batch ? row : -1;
  }
};

template <class Warp>
RK_HD Moments reward_moments(Warp& warp, const RkArgs& a, const Group& group) {
  return moments(warp, group.count, [&](int64_t i) {
    const int64_t row = group.row(i);
    return row < 0 ? nan_value() : reward(a, row);
  });
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
    const Moments of = moments(warp, group.count, [&](int64_t i) {
      const int64_t row = group.row(i);
      return row < 0 ? nan_value() : static_cast<double>(a.rewards[row * a.functions + k]);
    });
    const bool is_flat = is_degenerate(of, a.tol);
    const double weight = a.weights ? static_cast<double>(a.weights[k]) : 1.0;
    const double factor = is_flat ? 0.0 : weight / (deviation(of, a.ddof) + a.eps);
    every = every && is_flat;
    warp.each(group.count, [&](int64_t i) {
      const int64_t row = group.row(i);
      if (row < 0) return;
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

RK_HD void tell_row(const RkArgs& a, int64_t row, bool is_flat, double r) {
  a.scored[row] = !is_nan(r);
  a.kept[row] = !is_nan(r) && !is_flat;
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
    if (row < 0) return;
    const double r = reward(a, row);
    a.advantages[row] = from_group(a, of, is_flat, r);
    tell_row(a, row, is_flat, r);
  });
}

// All of a group but what waits for the batch: its rows' values are left pending. Returns its part of the batch's moments, which is
// none where a reward is infinite.
template <class Warp>
RK_HD Moments begin_group(Warp& warp, const RkArgs& a, int64_t g) {
  const Group group = Group::of(a, g);
  const Moments of = reward_moments(warp, a, group);
  const bool columns = a.estimator == RK_GDPO;
  const bool is_flat = columns ? sum_of_normalised(warp, a, group) : is_degenerate(of, a.tol);
  tell_group(warp, a, g, of, is_flat);
  Moments part = of;
  if (columns) {
    part = moments(warp, group.count, [&](int64_t i) {
      const int64_t row = group.row(i);
      return row < 0 ? nan_value() : pending(a)[row];
    });
  } else if (has_infinite(of)) {
    part = Moments::none();
  } else if (a.estimator == RK_REINFORCE_PP) {
    part.mean = 0.0;
    if (is_flat) part.m2 = 0.0;
  }
  warp.each(group.count, [&](int64_t i) {
    const int64_t row = group.row(i);
    if (row < 0) return;
    const double r = reward(a, row);
    tell_row(a, row, is_flat, r);
    if (is_flat) {
      pending(a)[row] = nan_value();
    } else if (!columns) {
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

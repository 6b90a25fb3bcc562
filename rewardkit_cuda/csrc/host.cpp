// The same functions for the CPU, with the same ABI. Lanes and blocks are loops, so the sums are those of the device, bit for bit.
#include "check.h"

namespace rk {
namespace {

struct HostWarp {
  template <class T, class Part>
  T reduce(Part part) {
    T lanes[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) lanes[lane] = part(lane);
    for (int half = kLanes / 2; half > 0; half /= 2)
      for (int lane = 0; lane < half; ++lane) lanes[lane] = T::merged(lanes[lane], lanes[lane + half]);
    return lanes[0];
  }
  template <class Do>
  void each(int64_t count, Do act) {
    for (int64_t i = 0; i < count; ++i) act(i);
  }
  template <class Do>
  void once(Do act) {
    act();
  }
};

Moments begin_block(const RkArgs& a, int64_t block, int64_t blocks) {
  HostWarp warp;
  Moments sum = Moments::none();
  for (int64_t w = 0; w < kWarps; ++w) {
    Moments own = Moments::none();
    for (int64_t g = block * kWarps + w; g < a.groups; g += blocks * kWarps) own = Moments::merged(own, begin_group(warp, a, g));
    sum = Moments::merged(sum, own);
  }
  return sum;
}

template <class Token>
void write_rows(const RkArgs& a, Token (*convert)(float)) {
  Token* tokens = static_cast<Token*>(a.tokens);
  int64_t f = 0;
  for (int64_t row = 0; row < token_rows(a); ++row) {
    const int64_t end = end_of_row(a, row), completion = completion_of_row(a, row);
    const Token value = completion >= 0 && completion < a.batch ? convert(a.advantages[completion]) : Token{0};
    for (; f < end; ++f) tokens[f] = is_token(a, f) ? value : Token{0};
  }
}

void write_tokens(const RkArgs& a) {
  if (a.total_tokens == 0) return;
  if (a.token_type == RK_BFLOAT16) return write_rows<uint16_t>(a, bfloat16);
  write_rows<float>(a, [](float x) { return x; });
}

}  // namespace
}  // namespace rk

extern "C" {

int rewardkit_version(void) { return RK_ABI_VERSION; }
int rewardkit_device_count(void) { return 1; }
const char* rewardkit_error_string(int status) { return rk::words(status); }
int64_t rewardkit_workspace_doubles(const RkArgs* args) { return rk::workspace_doubles(args); }

int rewardkit_group_advantages(const RkArgs* args, void*) {
  const int status = rk::check_groups(args);
  if (status != RK_OK) return status;
  const RkArgs& a = *args;
  rk::HostWarp warp;
  rk::clear_rows_without_group(a, memset);
  if (rk::needs_batch(a)) {
    const int64_t blocks = rk::partials(a);
    for (int64_t block = 0; block < blocks; ++block) *rk::partial(a, block) = rk::begin_block(a, block, blocks);
    const rk::Moments batch = rk::batch_moments(warp, a);
    for (int64_t row = 0; row < a.batch; ++row) a.advantages[row] = rk::from_batch(a, batch, rk::pending(a)[row]);
  } else {
    for (int64_t g = 0; g < a.groups; ++g) rk::finish_group(warp, a, g);
  }
  rk::write_tokens(a);
  return RK_OK;
}

int rewardkit_spread_tokens(const RkArgs* args, void*) {
  const int status = rk::check_tokens(args);
  if (status != RK_OK) return status;
  rk::write_tokens(*args);
  return RK_OK;
}

}  // extern "C"

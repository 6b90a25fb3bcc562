// Which tokens are a row's, and which of them are the completion's.
#pragma once
#include "abi.h"
#include "portable.h"

namespace rk {

// A tile is what a warp takes at once; both ends of it stand on 16-byte boundaries, in the mask as in the tokens.
constexpr int kTile = 512;

// A row writes [from, to) of the flat tensor and is alive in [live_from, live_to); the rest of what it writes is 0.
struct Span {
  int64_t from, to, live_from, live_to;
};

RK_HD Span span_of(const RkArgs& a, int64_t row) {
  if (!a.cu_seqlens) return {row * a.columns, (row + 1) * a.columns, row * a.columns, (row + 1) * a.columns};
  const int64_t from = smaller(larger<int64_t>(a.cu_seqlens[row], 0), a.total_tokens);
  const int64_t to = smaller(larger<int64_t>(a.cu_seqlens[row + 1], 0), a.total_tokens);
  // What lies before the first row and after the last is theirs to clear.
  return {row == 0 ? 0 : from, row == a.batch - 1 ? a.total_tokens : to, from, to};
}

RK_HD bool is_token(const RkArgs& a, int64_t f) {
  if (a.mask_type == RK_MASK_BYTE) return static_cast<const uint8_t*>(a.mask)[f] != 0;
  if (a.mask_type == RK_MASK_FLOAT) return (static_cast<const uint32_t*>(a.mask)[f] & 0x7fffffffu) != 0;
  return true;
}

// Four bytes of a mask -> a bit each, in the lowest four bits.
RK_HD uint32_t bits_of_bytes(uint32_t four) {
  const uint32_t high = (((four & 0x7f7f7f7fu) + 0x7f7f7f7fu) | four) & 0x80808080u;
  return (((high >> 7) * 0x01020408u) >> 24) & 0xfu;
}

// Tokens a warp takes in one piece: long pieces share a group's statistics, short ones spread little work over the device, and
// no piece has many rows, because a warp takes them one after another.
RK_HD int64_t piece_tokens(const RkArgs& a) {
  const int64_t row = a.batch ? a.total_tokens / a.batch : 0;
  if (row < kTile / 16) return 16 * (row + 1);
  return a.total_tokens < int64_t{8192} * 4 * kTile ? kTile : 4 * kTile;
}

RK_HD int64_t pieces(const RkArgs& a) {
  if (a.total_tokens == 0) return 0;
  const int64_t tokens = piece_tokens(a);
  return (a.total_tokens + tokens - 1) / tokens;
}

}  // namespace rk

// Writing tokens: 16-byte loads of the mask, 16-byte stores, both coalesced, whatever the two types are.
//
// A warp takes tiles of 512 tokens. Lane l loads 16 bytes of mask where they lie (16 tokens as bytes, 4 as float32) and leaves a bit
// a token in shared memory; then it stores 16 bytes of tokens where *they* lie (4 as float32, 8 as bfloat16), picking up the bits
// of just those. Only lanes across the end of a row, or of a mask that stands off a 16-byte boundary, go token by token.
#pragma once
#include "tokens.h"
#include "warp.cuh"

namespace rk {

struct NoMask {
  __device__ static const void* at(const void*, int64_t) { return nullptr; }
  __device__ static bool is_token(const void*, int) { return true; }
};
struct ByteMask {
  __device__ static const void* at(const void* mask, int64_t f) { return static_cast<const uint8_t*>(mask) + f; }
  __device__ static bool is_token(const void* mask, int f) { return static_cast<const uint8_t*>(mask)[f] != 0; }
};
struct FloatMask {
  __device__ static const void* at(const void* mask, int64_t f) { return static_cast<const float*>(mask) + f; }
  __device__ static bool is_token(const void* mask, int f) {
    return (static_cast<const uint32_t*>(mask)[f] & 0x7fffffffu) != 0;
  }
};

// A byte holds the bits of four tokens.
constexpr int kTileBytes = kTile / 4;
constexpr int kTilesAtOnce = 4;
struct alignas(16) Exchange {
  uint8_t bits[kTilesAtOnce * kTileBytes];
};

// Part of a row, within one piece: its tokens [from, to), alive in [live_from, live_to). All counted from the start of its first tile,
// where both pointers stand, so that 32 bits are enough from here on.
struct Part {
  const void* mask;
  void* tokens;
  int from, to, live_from, live_to;
  bool mask_aligned;

  __device__ bool holds(int f, int count) const { return f >= from && f + count <= to; }
  // Nothing has to be asked about a token between `from` and `to`, nor about the mask's address.
  __device__ bool plain() const { return live_from == from && live_to == to && mask_aligned; }
};

__device__ __forceinline__ uint32_t bits_of_words(const uint4& w) {
  return ((w.x & 0x7fffffffu) ? 1u : 0u) | ((w.y & 0x7fffffffu) ? 2u : 0u) | ((w.z & 0x7fffffffu) ? 4u : 0u) |
         ((w.w & 0x7fffffffu) ? 8u : 0u);
}

// Bits of up to 8 tokens from f on, one by one; tokens that are not alive read nothing and are 0.
template <class Mask>
__device__ __forceinline__ uint32_t bits_one_by_one(const Part& part, int f, int count) {
  uint32_t bits = 0;
#pragma unroll 1
  for (int i = 0; i < count; ++i)
    if (f + i >= part.live_from && f + i < part.live_to && Mask::is_token(part.mask, f + i)) bits |= 1u << i;
  return bits;
}

// The tile's bits into shared memory. `kWhole`: all of it is the part's, so that nothing has to be asked.
template <class Mask, bool kWhole>
struct Load;

template <bool kWhole>
struct Load<ByteMask, kWhole> {
  uint4 raw;
  bool plain;

  __device__ void start(const Part& part, int tile, int lane) {
    const int f = tile + lane * 16;
    plain = kWhole || (part.mask_aligned && part.holds(f, 16));
    if (plain) raw = *reinterpret_cast<const uint4*>(static_cast<const uint8_t*>(part.mask) + f);
  }
  __device__ void finish(const Part& part, int tile, int lane, uint8_t* bits) const {
    uint32_t four;  // a byte for every four tokens
    if (plain) {
      four = bits_of_bytes(raw.x) | bits_of_bytes(raw.y) << 8 | bits_of_bytes(raw.z) << 16 | bits_of_bytes(raw.w) << 24;
    } else {
      four = 0;
#pragma unroll 1
      for (int i = 0; i < 4; ++i) four |= bits_one_by_one<ByteMask>(part, tile + lane * 16 + i * 4, 4) << (8 * i);
    }
    reinterpret_cast<uint32_t*>(bits)[lane] = four;
  }
};

template <bool kWhole>
struct Load<FloatMask, kWhole> {
  uint4 raw[4];
  bool plain[4];

  __device__ void start(const Part& part, int tile, int lane) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const int f = tile + i * 128 + lane * 4;
      plain[i] = kWhole || (part.mask_aligned && part.holds(f, 4));
      if (plain[i]) raw[i] = *reinterpret_cast<const uint4*>(static_cast<const float*>(part.mask) + f);
    }
  }
  __device__ void finish(const Part& part, int tile, int lane, uint8_t* bits) const {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const int f = tile + i * 128 + lane * 4;
      bits[i * 32 + lane] =
          static_cast<uint8_t>(plain[i] ? bits_of_words(raw[i]) : bits_one_by_one<FloatMask>(part, f, 4));
    }
  }
};

// Packed tokens have no mask: all of a row is alive, so no bits go through shared memory.
template <bool kWhole>
struct Load<NoMask, kWhole> {
  __device__ void start(const Part&, int, int) {}
  __device__ void finish(const Part&, int, int, uint8_t*) const {}
};

template <class Mask, class Token>
struct Store;

template <class Mask>
struct Store<Mask, float> {
  static constexpr int kTokens = 4;
  float value;

  __device__ explicit Store(float advantage) : value(advantage) {}
  __device__ float one(bool on) const { return on ? value : 0.0f; }
  __device__ uint4 vector(uint32_t bits) const {
    const uint32_t v = __float_as_uint(value);
    return make_uint4(bits & 1 ? v : 0, bits & 2 ? v : 0, bits & 4 ? v : 0, bits & 8 ? v : 0);
  }
  __device__ static uint32_t bits(const uint8_t* tile, int vector) { return tile[vector]; }
};

template <class Mask>
struct Store<Mask, uint16_t> {
  static constexpr int kTokens = 8;
  uint16_t value;

  __device__ explicit Store(float advantage) : value(bfloat16(advantage)) {}
  __device__ uint16_t one(bool on) const { return on ? value : 0; }
  __device__ uint32_t pair(uint32_t bits) const {
    const uint32_t v = value;
    return (bits & 1 ? v : 0) | (bits & 2 ? v << 16 : 0);
  }
  __device__ uint4 vector(uint32_t bits) const { return make_uint4(pair(bits), pair(bits >> 2), pair(bits >> 4), pair(bits >> 6)); }
  __device__ static uint32_t bits(const uint8_t* tile, int vector) {
    const uint32_t two = reinterpret_cast<const uint16_t*>(tile)[vector];
    return (two & 0xfu) | (two >> 4 & 0xf0u);
  }
};

template <class Mask, class Token, bool kWhole>
__device__ __forceinline__ void store_tile(const Part& part, const Store<Mask, Token>& store, int tile,
                                           int lane, const uint8_t* bits) {
  constexpr int kTokens = Store<Mask, Token>::kTokens;
  Token* tokens = static_cast<Token*>(part.tokens);
#pragma unroll
  for (int i = 0; i < kTile / (kTokens * kLanes); ++i) {
    const int vector = i * kLanes + lane;
    const int f = tile + vector * kTokens;
    const bool whole = kWhole || part.holds(f, kTokens);
    uint32_t on;
    if constexpr (std::is_same<Mask, NoMask>::value) {
      const bool all = kWhole || (f >= part.live_from && f + kTokens <= part.live_to);
      on = all ? 0xffu : bits_one_by_one<Mask>(part, f, kTokens);
    } else {
      on = Store<Mask, Token>::bits(bits, vector);
    }
    if (whole) {
      *reinterpret_cast<uint4*>(tokens + f) = store.vector(on);
    } else {
      for (int t = 0; t < kTokens; ++t)
        if (f + t >= part.from && f + t < part.to) tokens[f + t] = store.one(on >> t & 1);
    }
  }
}

// kCount tiles at once, so that their loads are all under way before the first is needed.
template <class Mask, class Token, bool kWhole, int kCount>
__device__ __forceinline__ void write_tiles(const Part& part, const Store<Mask, Token>& store, int tile,
                                            int lane, Exchange& exchange) {
  Load<Mask, kWhole> loads[kCount];
#pragma unroll
  for (int i = 0; i < kCount; ++i) loads[i].start(part, tile + i * kTile, lane);
#pragma unroll
  for (int i = 0; i < kCount; ++i) loads[i].finish(part, tile + i * kTile, lane, exchange.bits + i * kTileBytes);
  __syncwarp();
#pragma unroll
  for (int i = 0; i < kCount; ++i)
    store_tile<Mask, Token, kWhole>(part, store, tile + i * kTile, lane, exchange.bits + i * kTileBytes);
  __syncwarp();
}

template <class Mask, class Token>
__device__ __forceinline__ void write_part(const Part& part, float advantage, Exchange& exchange) {
  constexpr int kAtOnce = std::is_same<Mask, FloatMask>::value ? 1 : kTilesAtOnce;
  const int lane = threadIdx.x % kLanes;
  const Store<Mask, Token> store(advantage);
  int tile = 0;
  while (tile < part.to) {
    if (part.plain() && tile >= part.from && tile + kAtOnce * kTile <= part.to) {
      write_tiles<Mask, Token, true, kAtOnce>(part, store, tile, lane, exchange);
      tile += kAtOnce * kTile;
    } else {
      write_tiles<Mask, Token, false, 1>(part, store, tile, lane, exchange);
      tile += kTile;
    }
  }
}

// The last row that begins at or before f. All lanes search, so 32 parts of the range are told apart at once.
__device__ __forceinline__ int64_t row_at(DeviceWarp& warp, const RkArgs& a, int64_t f) {
  if (!a.cu_seqlens) return f / a.columns;
  int64_t low = 0, high = a.batch;  // cu_seqlens[low] <= f, or low is 0
  while (high - low > 1) {
    const int64_t step = (high - low + kLanes) / (kLanes + 1);
    const int64_t probe = low + (warp.lane() + 1) * step;
    const int64_t below = warp.count(probe < high && a.cu_seqlens[smaller(probe, a.batch)] <= f);
    high = smaller(low + (below + 1) * step, high);
    low += below * step;
  }
  return low;
}

// [from, to) of the flat tensor, row by row.
template <class Mask, class Token, class Advantages>
__device__ __forceinline__ void write_piece(DeviceWarp& warp, const RkArgs& a, Advantages& advantages, int64_t from, int64_t to,
                                            Exchange& exchange) {
  for (int64_t row = row_at(warp, a, from); row < a.batch; ++row) {
    const Span span = span_of(a, row);
    if (span.from >= to) break;
    const int64_t first = larger(span.from, from), last = smaller(span.to, to);
    if (first >= last) continue;
    const int64_t tile = first / kTile * kTile;
    Part part;
    part.mask = Mask::at(a.mask, tile);
    part.mask_aligned = reinterpret_cast<uintptr_t>(part.mask) % 16 == 0;
    part.tokens = static_cast<Token*>(a.tokens) + tile;
    part.from = static_cast<int>(first - tile);
    part.to = static_cast<int>(last - tile);
    part.live_from = static_cast<int>(larger(smaller(span.live_from, last), first) - tile);
    part.live_to = static_cast<int>(larger(smaller(span.live_to, last), first) - tile);
    write_part<Mask, Token>(part, advantages(warp, row), exchange);
  }
}

}  // namespace rk

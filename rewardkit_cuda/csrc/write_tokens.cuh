// Writing tokens. A lane stores 16 bytes of them at a time, a *vector* (4 as float32, 8 as bfloat16), and loads the mask of just
// those, so that nothing passes between lanes; the lanes of a warp lie side by side, whatever the two types are.
//
// The token tensor and its mask are taken as flat: a vector begins on a 16-byte boundary of the tokens wherever rows begin. Only
// vectors that a row ends in, or that lie at an end of a mask off its boundary, go token by token.
#pragma once
#include "rows.cuh"

namespace rk {

// What a mask is made of, and which tokens of a vector's words are on. `t` is known when the loops are unrolled.
struct NoMask {
  static constexpr int kBytes = 0;
  __device__ static bool on(const uint32_t*, int) { return true; }
  __device__ static bool on_at(const void*, int) { return true; }
};
struct ByteMask {
  static constexpr int kBytes = 1;
  __device__ static bool on(const uint32_t* words, int t) { return (words[t / 4] & (0xffu << 8 * (t % 4))) != 0; }
  __device__ static bool on_at(const void* mask, int f) { return __ldg(static_cast<const uint8_t*>(mask) + f) != 0; }
};
struct FloatMask {
  static constexpr int kBytes = 4;
  __device__ static bool on(const uint32_t* words, int t) { return (words[t] & 0x7fffffffu) != 0; }
  __device__ static bool on_at(const void* mask, int f) {
    return (__ldg(static_cast<const uint32_t*>(mask) + f) & 0x7fffffffu) != 0;
  }
};
struct IntMask {
  static constexpr int kBytes = 4;
  __device__ static bool on(const uint32_t* words, int t) { return words[t] != 0; }
  __device__ static bool on_at(const void* mask, int f) { return __ldg(static_cast<const uint32_t*>(mask) + f) != 0; }
};
struct LongMask {
  static constexpr int kBytes = 8;
  __device__ static bool on(const uint32_t* words, int t) { return (words[2 * t] | words[2 * t + 1]) != 0; }
  __device__ static bool on_at(const void* mask, int f) { return __ldg(static_cast<const long long*>(mask) + f) != 0; }
};

template <class Token>
__device__ __forceinline__ Token as_token(float advantage);
template <>
__device__ __forceinline__ float as_token<float>(float advantage) {
  return advantage;
}
template <>
__device__ __forceinline__ uint16_t as_token<uint16_t>(float advantage) {
  return bfloat16(advantage);
}

template <class Mask>
__device__ __forceinline__ uint4 vector_of(float value, const uint32_t* words) {
  const uint32_t v = __float_as_uint(value);
  return make_uint4(Mask::on(words, 0) ? v : 0, Mask::on(words, 1) ? v : 0, Mask::on(words, 2) ? v : 0, Mask::on(words, 3) ? v : 0);
}
template <class Mask>
__device__ __forceinline__ uint4 vector_of(uint16_t value, const uint32_t* words) {
  const uint32_t low = value, high = low << 16;
  uint32_t pairs[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) pairs[i] = (Mask::on(words, 2 * i) ? low : 0) | (Mask::on(words, 2 * i + 1) ? high : 0);
  return make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
}

template <int kWords>
__device__ __forceinline__ void load_words(const void* at, uint32_t* into) {
  if constexpr (kWords == 1) {
    into[0] = __ldg(static_cast<const uint32_t*>(at));
  } else if constexpr (kWords == 2) {
    const uint2 two = __ldg(static_cast<const uint2*>(at));
    into[0] = two.x, into[1] = two.y;
  } else {
#pragma unroll
    for (int i = 0; i < kWords / 4; ++i) {
      const uint4 four = __ldg(static_cast<const uint4*>(at) + i);
      into[4 * i] = four.x, into[4 * i + 1] = four.y, into[4 * i + 2] = four.z, into[4 * i + 3] = four.w;
    }
  }
}

// What a block writes: tokens [from, to), counted from `base`, where the two pointers stand. No more than kLongestPiece of them, so
// that 32 bits are enough. The mask of [wide_from, wide_to) can be loaded a vector at a time: nothing but the mask is touched.
struct Range {
  const void* mask;
  void* tokens;
  int from, to, wide_from, wide_to;
  bool mask_aligned;

  __device__ __forceinline__ bool wide(int f, int count) const { return f >= wide_from && f + count <= wide_to; }
};

template <class Mask, class Token>
__device__ __forceinline__ Range range_of(const RkArgs& a, int64_t base, int from, int to) {
  constexpr int kTokens = 16 / sizeof(Token), kBytes = Mask::kBytes * kTokens, kWidth = kBytes < 16 ? kBytes : 16;
  Range range;
  range.mask = static_cast<const uint8_t*>(a.mask) + base * Mask::kBytes;
  range.tokens = static_cast<Token*>(a.tokens) + base;
  range.from = range.wide_from = from;
  range.to = range.wide_to = to;
  range.mask_aligned = true;
  if constexpr (Mask::kBytes > 0) {
    range.mask_aligned = reinterpret_cast<uintptr_t>(range.mask) % kWidth == 0;
    // A vector of bytes off its boundary is cut out of the words around it.
    if (Mask::kBytes == 1 && !range.mask_aligned) {
      if (base == 0) range.wide_from = larger(from, kTokens);
      if (base + to == a.total_tokens) range.wide_to -= kTokens;
    }
  }
  return range;
}

// Vectors that a warp takes at once, all of their loads under way before the first is needed.
template <class Mask, class Token, int kVectors>
struct Chunk {
  static constexpr int kTokens = 16 / sizeof(Token);
  static constexpr int kWords = Mask::kBytes * kTokens / 4;
  static constexpr int kStride = kLanes * kTokens;
  static constexpr int kSize = kVectors * kStride;
  uint32_t words[kWords ? kVectors * kWords : 1];

  __device__ __forceinline__ void load(const Range& range, int lane_from) {
    if constexpr (kWords > 0) {
#pragma unroll
      for (int j = 0; j < kVectors; ++j) {
        const int f = lane_from + j * kStride;
        if (range.wide(f, kTokens)) load_vector(range, f, words + j * kWords);
      }
    }
  }

  __device__ __forceinline__ void load_whole(const Range& range, int lane_from) {
    if constexpr (kWords > 0) {
#pragma unroll
      for (int j = 0; j < kVectors; ++j)
        load_words<kWords>(static_cast<const uint8_t*>(range.mask) + (lane_from + j * kStride) * Mask::kBytes, words + j * kWords);
    }
  }

  // All of it is one row's.
  __device__ __forceinline__ void store_whole(const Range& range, int lane_from, float advantage) const {
    Token* const tokens = static_cast<Token*>(range.tokens) + lane_from;
    const Token value = as_token<Token>(advantage);
#pragma unroll
    for (int j = 0; j < kVectors; ++j) {
      store_token(reinterpret_cast<uint4*>(tokens + j * kStride), vector_of<Mask>(value, words + j * kWords));
    }
  }

  // Rows end in it, or it is not all to be written.
  __device__ __forceinline__ void store(const Range& range, const Rows<Mask>& rows, int lane_from) const {
    Token* const tokens = static_cast<Token*>(range.tokens);
    uint32_t left = 0;  // vectors that go token by token
    int end = 0;
    Token value{};
#pragma unroll
    for (int j = 0; j < kVectors; ++j) {
      const int f = lane_from + j * kStride;
      if (f >= end && f < range.to) {
        const int row = rows.of(f);
        end = rows.end(row);
        value = as_token<Token>(rows.advantage(row));
      }
      if (range.wide(f, kTokens) && f + kTokens <= end) {
        store_token(reinterpret_cast<uint4*>(tokens + f), vector_of<Mask>(value, words + j * kWords));
      } else {
        left |= 1u << j;
      }
    }
#pragma unroll 1
    for (; left; left &= left - 1) {
      const int f = lane_from + (__ffs(static_cast<int>(left)) - 1) * kStride;
#pragma unroll 1
      for (int t = larger(f, range.from); t < smaller(f + kTokens, range.to); ++t)
        store_token(tokens + t, Mask::on_at(range.mask, t) ? as_token<Token>(rows.advantage(rows.of(t))) : Token{0});
    }
  }

 private:
  // Off a vector's boundary it goes word by word; bytes are shifted into place out of the words that they lie in.
  __device__ __forceinline__ static void load_vector(const Range& range, int f, uint32_t* into) {
    const void* const at = static_cast<const uint8_t*>(range.mask) + f * Mask::kBytes;
    if (range.mask_aligned) {
      load_words<kWords>(at, into);
    } else if constexpr (Mask::kBytes > 1) {
#pragma unroll
      for (int i = 0; i < kWords; ++i) into[i] = __ldg(static_cast<const uint32_t*>(at) + i);
    } else {
      const uint32_t off = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(at) & 3);
      const uint32_t* const word = reinterpret_cast<const uint32_t*>(static_cast<const uint8_t*>(at) - off);
      uint32_t before = __ldg(word);
#pragma unroll
      for (int i = 0; i < kWords; ++i) {
        const uint32_t after = __ldg(word + i + 1);
        into[i] = __funnelshift_r(before, after, 8 * off);
        before = after;
      }
    }
  }
};

template <class Part, class Mask>
__device__ __forceinline__ bool write_whole(const Range& range, const Rows<Mask>& rows, int from, int row) {
  if (!range.mask_aligned || !range.wide(from, Part::kSize) || from + Part::kSize > rows.end(row)) return false;
  const int lane_from = from + threadIdx.x % kLanes * Part::kTokens;
  Part part;
  part.load_whole(range, lane_from);
  part.store_whole(range, lane_from, rows.advantage(row));
  return true;
}

// The block's warps take chunks in turn: 64 bytes of mask a lane, or part by part where a row ends.
template <class Mask, class Token>
__device__ __forceinline__ void write_range(const Range& range, const Rows<Mask>& rows) {
  constexpr int kElement = Mask::kBytes ? Mask::kBytes : 1, kOf16 = static_cast<int>(16 / sizeof(Token)) * kElement;
  using Large = Chunk<Mask, Token, 64 / kOf16>;
  using Small = Chunk<Mask, Token, (kOf16 <= 4 ? 4 : kOf16 <= 8 ? 2 : 1)>;
#pragma unroll 1
  for (int from = threadIdx.x / kLanes * Large::kSize; from < range.to; from += kWarps * Large::kSize) {
    if (from + Large::kSize <= range.from) continue;
    if (write_whole<Large>(range, rows, from, rows.of(larger(from, range.from)))) continue;
#pragma unroll 1
    for (int part = from; part < smaller(from + Large::kSize, range.to); part += Small::kSize) {
      if (part + Small::kSize <= range.from) continue;
      if (write_whole<Small>(range, rows, part, rows.of(larger(part, range.from)))) continue;
      const int lane_from = part + threadIdx.x % kLanes * Small::kTokens;
      Small small;
      small.load(range, lane_from);
      small.store(range, rows, lane_from);
    }
  }
}

// The mask's lines are asked for before anything else is done, and are near when they are wanted.
template <class Mask>
__device__ __forceinline__ void prefetch(const Range& range) {
  constexpr int kLine = 128;
  if constexpr (Mask::kBytes > 0) {
#pragma unroll 1
    for (int i = threadIdx.x * kLine; i < range.to * Mask::kBytes; i += kThreads * kLine)
      prefetch_line(static_cast<const uint8_t*>(range.mask) + i);
  }
}

}  // namespace rk

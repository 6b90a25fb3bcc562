// Runs the kernels' own source on a CPU: each thread of a block is a fiber; one that reaches a barrier lets the others catch up.
// It stands where the CUDA runtime's header would, and knows only what rewardkit_cuda uses. Slow, and single-threaded.
#pragma once
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __shared__ static  // one block runs at a time
#define __launch_bounds__(...)

struct dim3 {
  unsigned x, y, z;
  dim3(unsigned x_ = 1) : x(x_), y(1), z(1) {}
};
struct alignas(16) uint4 {
  uint32_t x, y, z, w;
};
struct alignas(8) uint2 {
  uint32_t x, y;
};
inline uint4 make_uint4(uint32_t x, uint32_t y, uint32_t z, uint32_t w) { return {x, y, z, w}; }
inline uint32_t __float_as_uint(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}
inline int __ffs(int x) { return __builtin_ffs(x); }
inline uint32_t __funnelshift_r(uint32_t low, uint32_t high, uint32_t shift) {
  return static_cast<uint32_t>((uint64_t{high} << 32 | low) >> (shift & 31));
}

// Bytes that threads asked for of masks, and gave of tokens.
namespace emulator {
struct Traffic {
  int64_t read, written;
};
inline Traffic traffic;
}  // namespace emulator
extern "C" inline __attribute__((used, visibility("default"))) emulator::Traffic* rewardkit_emulated_traffic() {
  return &emulator::traffic;
}
template <class T>
T __ldg(const T* from) {
  emulator::traffic.read += sizeof(T);
  return *from;
}
namespace emulator {
template <class T>
void store(T* to, T value) {
  traffic.written += sizeof(T);
  *to = value;
}
}  // namespace emulator

inline dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace emulator {

constexpr size_t kStack = 256 * 1024;

struct Barrier {
  int arrived = 0;
  long passed = 0;
};

// Begun once and used by every block. Changing over by _longjmp asks nothing of the kernel, as swapcontext does.
struct Fiber {
  std::vector<char> stack = std::vector<char>(kStack);
  jmp_buf here;
  bool begun = false, done = false;
  const Barrier* barrier = nullptr;  // the last it came to, when so many had passed
  long passed = 0;

  bool waits() const { return barrier && barrier->passed == passed; }
};

struct Block {
  std::vector<Fiber> fibers;
  std::vector<Barrier> warps;
  std::vector<double> values;   // what each thread offers in a shuffle
  std::vector<uint32_t> votes;  // of a warp, gathered
  Barrier all;
  jmp_buf scheduler;
  void (*run)(void*) = nullptr;
  void* arguments = nullptr;
};
inline Block block;

inline void yield() {
  const volatile unsigned self = threadIdx.x;
  if (!_setjmp(block.fibers[self].here)) _longjmp(block.scheduler, 1);
  threadIdx.x = self;
}

// Waits until `count` threads are here. A thread that ended early would leave the others waiting: `launch` finds that.
inline void wait(Barrier& barrier, int count) {
  if (++barrier.arrived == count) {
    barrier.arrived = 0;
    ++barrier.passed;
    return;
  }
  Fiber& self = block.fibers[threadIdx.x];
  self.barrier = &barrier;
  self.passed = barrier.passed;
  yield();
}

inline void enter() {
  while (true) {
    const volatile unsigned self = threadIdx.x;
    block.run(block.arguments);
    block.fibers[self].done = true;
    yield();
  }
}

// Runs thread i until it waits or is done.
inline void resume(unsigned i) {
  threadIdx.x = i;
  if (_setjmp(block.scheduler)) return;
  Fiber& fiber = block.fibers[i];
  if (fiber.begun) _longjmp(fiber.here, 1);
  fiber.begun = true;
  ucontext_t context;
  getcontext(&context);
  context.uc_stack.ss_sp = fiber.stack.data();
  context.uc_stack.ss_size = kStack;
  context.uc_link = nullptr;
  makecontext(&context, enter, 0);
  setcontext(&context);
}

inline void run_block(const std::vector<unsigned>& order) {
  const unsigned threads = static_cast<unsigned>(order.size());
  block.fibers.resize(threads);
  block.warps.assign(threads / 32, {});
  block.values.assign(threads, 0.0);
  block.votes.assign(threads / 32, 0);
  block.all = {};
  for (Fiber& fiber : block.fibers) fiber.done = false, fiber.barrier = nullptr;
  for (unsigned left = threads; left > 0;) {
    bool moved = false;
    for (const unsigned i : order) {
      const Fiber& fiber = block.fibers[i];
      if (fiber.done || fiber.waits()) continue;
      resume(i);
      moved = true;
      left -= fiber.done;
    }
    if (!moved) {
      std::fprintf(stderr, "emulator: %u threads wait at a barrier that the others never reach\n", left);
      std::abort();
    }
  }
}

}  // namespace emulator

inline void __syncthreads() { emulator::wait(emulator::block.all, static_cast<int>(blockDim.x)); }
inline void __syncwarp() { emulator::wait(emulator::block.warps[threadIdx.x / 32], 32); }
inline double __shfl_xor_sync(unsigned, double mine, int apart) {
  emulator::block.values[threadIdx.x] = mine;
  __syncwarp();
  const double theirs = emulator::block.values[threadIdx.x ^ static_cast<unsigned>(apart)];
  __syncwarp();
  return theirs;
}
inline uint32_t __ballot_sync(unsigned, bool mine) {
  uint32_t& votes = emulator::block.votes[threadIdx.x / 32];
  const uint32_t bit = 1u << (threadIdx.x % 32);
  votes = mine ? votes | bit : votes & ~bit;
  __syncwarp();
  const uint32_t all = votes;
  __syncwarp();
  return all;
}

// The little of the runtime that the launchers call.
enum cudaError_t { cudaSuccess = 0 };
enum cudaDeviceAttr { cudaDevAttrMultiProcessorCount, cudaDevAttrComputeCapabilityMajor };
using cudaStream_t = void*;
struct cudaLaunchConfig_t {
  dim3 gridDim, blockDim;
  size_t dynamicSmemBytes = 0;
  cudaStream_t stream = nullptr;
};
inline cudaError_t cudaGetDevice(int* device) { return *device = 0, cudaSuccess; }
inline cudaError_t cudaGetDeviceCount(int* count) { return *count = 1, cudaSuccess; }
inline cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr which, int) {
  const char* major = getenv("EMULATED_MAJOR");
  *value = which == cudaDevAttrMultiProcessorCount ? 1 : major ? atoi(major) : 8;
  return cudaSuccess;
}
inline cudaError_t cudaMemsetAsync(void* at, int byte, size_t bytes, cudaStream_t) { return memset(at, byte, bytes), cudaSuccess; }
inline const char* cudaGetErrorString(cudaError_t) { return "an error of the emulator"; }

namespace emulator {
inline long launches = 0;
}
// How many kernels were launched so far.
extern "C" inline __attribute__((used, visibility("default"))) long rewardkit_emulated_launches() { return emulator::launches; }

// In which order blocks run, and the threads of a block between barriers; and which of a grid's blocks, counted from 0.
namespace emulator {
struct Schedule {
  int64_t order;  // 0 ascending, 1 descending, from 2 on a seed
  int64_t first, last;
};
inline Schedule schedule{0, 0, INT64_MAX};

inline std::vector<unsigned> in_order(unsigned first, unsigned last) {
  std::vector<unsigned> order;
  for (unsigned i = first; i < last; ++i) order.push_back(i);
  if (schedule.order == 1) std::reverse(order.begin(), order.end());
  if (schedule.order > 1) std::shuffle(order.begin(), order.end(), std::mt19937_64(static_cast<uint64_t>(schedule.order)));
  return order;
}
}  // namespace emulator
extern "C" inline __attribute__((used, visibility("default"))) void rewardkit_emulated_schedule(int64_t order, int64_t first,
                                                                                            int64_t last) {
  emulator::schedule = {order, first, last};
}

template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...), Arguments... arguments) {
  auto call = [&] { kernel(arguments...); };
  using Call = decltype(call);
  ++emulator::launches;
  emulator::block.run = [](void* it) { (*static_cast<Call*>(it))(); };
  emulator::block.arguments = &call;
  gridDim = config->gridDim;
  blockDim = config->blockDim;
  const auto within = [](int64_t block) { return static_cast<unsigned>(std::min<int64_t>(block, gridDim.x)); };
  const std::vector<unsigned> threads = emulator::in_order(0, blockDim.x);
  for (const unsigned b : emulator::in_order(within(emulator::schedule.first), within(emulator::schedule.last))) {
    blockIdx.x = b;
    emulator::run_block(threads);
  }
  return cudaSuccess;
}

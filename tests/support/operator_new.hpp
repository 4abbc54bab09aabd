// Replaces operator new of the whole test program; one of its files includes this.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

/// The test's say before anything is given out: it may count, or throw std::bad_alloc.
void before_new(size_t size);

inline void* allocated(size_t size) {
  before_new(size);
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}

void* operator new(size_t size) { return allocated(size); }
void* operator new[](size_t size) { return allocated(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete[](void* p, size_t) noexcept { std::free(p); }

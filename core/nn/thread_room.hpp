// Scratch memory of a thread: it grows to the largest that was asked for and is given back when the thread ends.
#pragma once

#include <cstddef>
#include <memory>

namespace latentscape {

/// Room for so many numbers of type T, this thread's own, written before it is read; on a cache line, because loads across two are slow.
template <class T>
T* thread_room(size_t numbers) {
  constexpr size_t line = 64;
  thread_local std::unique_ptr<std::byte[]> room;
  thread_local size_t size = 0;
  const size_t bytes = numbers * sizeof(T);
  if (size < bytes + line) {
    size = bytes + line;
    room.reset(new std::byte[size]);
  }
  void* start = room.get();
  size_t space = size;
  return static_cast<T*>(std::align(line, bytes, start, space));
}

}  // namespace latentscape

// Priority of threads: what computes in the background gives way to what a person waits for.
#pragma once

namespace latentscape {

/// Lowers the scheduling priority of the calling thread (and of threads that it starts later) by `steps` of niceness; Linux, elsewhere
/// nothing. It changes who runs first on a busy machine, never a result.
void lower_thread_priority(int steps);

}  // namespace latentscape

// Eigen as this folder uses it: single-threaded, never in a public header.
#pragma once

#ifndef EIGEN_DONT_PARALLELIZE
#define EIGEN_DONT_PARALLELIZE
#endif
#ifndef EIGEN_STACK_ALLOCATION_LIMIT
#define EIGEN_STACK_ALLOCATION_LIMIT (2 << 20)  // packed panels of a tile live on the stack: no allocation in a step
#endif
// gcc 12's AVX-512 intrinsics name values that are undefined on purpose and then warn about them (gcc bug 105593). The warning
// belongs to lines of those headers but appears when they are inlined, so it stays off for the files that include this one.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <Eigen/Core>

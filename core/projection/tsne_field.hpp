// Repulsion of t-SNE among many points: the kernel's field on a grid, by one forward and one inverse Fourier transform.
// Hockney & Eastwood, "Computer simulation using particles", 1981 (particle-mesh); the use for t-SNE after Linderman et al., "Fast
// interpolation-based t-SNE", 2019, with one charge instead of three: forces are the analytic gradient of the field's splines.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/projection/fft.hpp"

namespace latentscape {

/// Buffers, plans and the kernel's spectrum are kept from call to call. Time: O(n + area log area), the area in grid cells.
class TsneField {
 public:
  /// force (n x 2): sum_j w_ij^2 (y_i - y_j), w = 1 / (1 + |y_i - y_j|^2); weights: the sum of w_ij over all i != j. The grid's step is at
  /// most `step`, at most a 25th of the span times it, and less where points are few for their span: 0.42 gives a relative error (root mean
  /// square) below 3 %, 0.3 below 1 % (a map wider than some 1,000 gets a coarser grid).
  /// Positions (n x 2) must be finite. The same bits at any thread count. False: stopped, nothing is to be used.
  bool repel(const FloatArray& positions, float step, ComputePool& pool, const std::stop_token& stop, FloatArray& force, double& weights);

  /// Cells of the grid that is transformed for these points.
  size_t cells(const FloatArray& positions, float step, ComputePool& pool);

 private:
  struct Box {
    float x = 0.0f, y = 0.0f, width = 0.0f, height = 0.0f;
  };
  /// From a coordinate to grid steps.
  struct Scale {
    float low = 0.0f, inverse = 1.0f, margin = 0.0f;
    float steps(float at) const { return (at - low) * inverse + margin; }
  };
  Box bounds(const FloatArray& positions, ComputePool& pool);
  struct Grid {
    float step;
    size_t width, height;  // transformed
  };
  static Grid grid_for(const Box& box, float step, size_t n);
  void fit(const Box& box, const Grid& grid, ComputePool& pool);
  void make_kernel(ComputePool& pool);
  void sort_by_stripe(const FloatArray& positions, ComputePool& pool);
  void deposit(const FloatArray& positions, size_t stripe);
  double gather(const FloatArray& positions, size_t begin, size_t end, FloatArray& force) const;
  void columns_forward(size_t first, size_t half, size_t rows, size_t pitch);
  void rows_there_and_back(size_t group);
  void columns_back(size_t first);

  // The grid: what points touch is half of what is transformed in each direction, the rest keeps the field from wrapping around.
  float step_ = 0.0f;
  Scale scale_x_, scale_y_;
  size_t columns_ = 0, rows_ = 0;  // touched
  Fft along_x_{1}, along_y_{1};
  float offset_ = 0.0f;  // taken off the kernel: small spans need only its curvature, which would drown beside 1
  std::vector<float> grid_;
  std::vector<ComplexLanes> spectrum_;  // groups of kLanes frequencies in y, x (or frequencies in x)
  std::vector<Lanes> kernel_;           // the same
  std::vector<uint32_t> order_, starts_, tile_starts_;
  std::vector<double> sums_;
  std::vector<Box> boxes_;
};

}  // namespace latentscape

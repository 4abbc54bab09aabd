// PointLayer: a projection frame and the view's choices to an image of points. Colours, subset, picking and, on software OpenGL, the
// drawing itself (ground, decoded manifold, points: one opaque picture) happen on a worker; the main thread only uploads what is new.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "app/gui/view_state.hpp"
#include "app/panels/map/pick_grid.hpp"
#include "app/render/points.hpp"
#include "app/render/scatter.hpp"
#include "app/render/splat.hpp"
#include "app/render/texture.hpp"
#include "core/session/explore_requests.hpp"
#include "core/sync/latest_worker.hpp"

namespace latentscape {

struct LayerJob {
  std::shared_ptr<const ProjectionFrame> frame;
  std::shared_ptr<const LatentFrame> latents;     // losses and ages for colours
  std::shared_ptr<const OutlierAnswer> outliers;  // scores
  std::shared_ptr<const MapJudgement> judgement;  // trust and what moved
  std::shared_ptr<const Dataset> data;            // its columns
  ColourBy colour_by = ColourBy::label;
  std::string colour_column;
  std::set<int> hidden_classes;
  bool dark = true;
  size_t limit = 0;                          // most points drawn; 0: all
  std::shared_ptr<const KnownLabels> known;  // points with a label that training knows are marked; null: none
  uint32_t ink = 0;                          // of the marks: RGBA in memory order
  uint32_t halo = 0;                         // the same of the points' outlines; 0: none
  PointCamera camera;
  size_t width = 0, height = 0;
  float diameter = 3.0f;
  std::shared_ptr<const MapImage> underlay;  // splat only; null: none
  uint32_t ground = 0;                       // splat only: RGBA in memory order
  bool splat = true;                         // false: the GPU draws
  bool operator==(const LayerJob&) const = default;
};

struct LayerAnswer {
  LayerJob job;
  std::vector<MapPoint> points;
  std::vector<uint32_t> rows;   // dataset row of each point
  std::vector<MapPoint> halos;  // below the points, where they lie on colours
  std::vector<MapPoint> marks;  // over the points; at most kMostMarks
  size_t known = 0;             // points that could be marked
  size_t unknown = 0;           // points whose class is not known: they are grey
  PickGrid grid;
  std::array<float, 4> bounds{-3, -3, 3, 3};  // what a picture of the points has to show, see picture_bounds
  float low = 0, high = 1;                    // colour range, where colours are numbers
  bool lower = false, higher = false;         // are there some below or above it?
  std::vector<uint8_t> rgba;                  // splat only; opaque
};

inline constexpr size_t kMostMarks = 4000;

/// {x0, y0, x1, y1} of the middle 99 % on each axis, and beyond it of all points that are no farther than a third of its span: one that
/// flew off does not make all others small. Places that are not finite are left out.
std::array<float, 4> picture_bounds(std::span<const MapPoint> points);

/// The worker's function; pure.
std::shared_ptr<const LayerAnswer> make_layer(const LayerJob& job);

class PointLayer {
 public:
  PointLayer();
  /// Asks for what is not drawn yet and takes what is ready.
  void update(const LayerJob& job);
  /// Null while the newest answer is of other points than were asked for last: rows of one data set mean nothing in another.
  const LayerAnswer* answer() const {
    const bool current = answer_ && answer_->job.frame && asked_.frame && answer_->job.frame->points == asked_.frame->points;
    return current ? answer_.get() : nullptr;
  }
  const Texture& image() const { return software_ ? texture_ : scatter_.image(); }
  /// The camera and size that image() was drawn with.
  const PointCamera& image_camera() const { return drawn_camera_; }
  size_t image_width() const { return drawn_width_; }
  size_t image_height() const { return drawn_height_; }
  /// True where image() was drawn with the camera and size last asked for.
  bool image_fits() const { return fits_; }
  bool software() const { return software_; }
  void shutdown();

 private:
  void draw_with_gpu(const LayerJob& job);

  LatestWorker<LayerJob, LayerAnswer> worker_;
  std::shared_ptr<const LayerAnswer> answer_;
  LayerJob asked_;
  bool software_ = true;
  bool probed_ = false;
  bool fits_ = false;
  Texture texture_;
  Scatter scatter_;
  PointCamera drawn_camera_;
  size_t drawn_width_ = 0, drawn_height_ = 0;
};

}  // namespace latentscape

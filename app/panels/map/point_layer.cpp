#include "app/panels/map/point_layer.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "app/gui/latent_lookup.hpp"
#include "core/io/figure.hpp"

namespace latentscape {

namespace {

// Steps of priority: behind the probe and, on few cores, a little behind training, which otherwise waits where painting and this meet.
constexpr int kBehindTraining = 6;

/// The q-th and (1-q)-th quantile of finite values; sampled above 20,000, since it only frames the picture.
std::array<float, 2> middle(std::vector<float> values, double q) {
  values.erase(std::remove_if(values.begin(), values.end(), [](float v) { return !std::isfinite(v); }), values.end());
  if (values.empty()) return {0.0f, 1.0f};
  const auto at = [&](double share) {
    const auto k = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + k, values.end());
    return values[static_cast<size_t>(k)];
  };
  const float low = at(q);
  return {low, at(1.0 - q)};
}

std::array<uint8_t, 4> rgba_of(Rgba c, uint8_t alpha) { return {c.r, c.g, c.b, alpha}; }

const Column* column_of(const LayerJob& job) { return job.data ? column_of(*job.data, job.colour_column) : nullptr; }

std::vector<float> values_of(const LayerJob& job) {
  return colour_values(*job.frame->points, job.colour_by, {job.latents.get(), job.outliers.get(), job.judgement.get(), column_of(job)});
}

void colour_points(LayerAnswer& a, const std::vector<uint32_t>& index, const std::vector<float>& all) {
  const LayerJob& job = a.job;
  const PointSet& set = *job.frame->points;
  const Column* const column = column_of(job);
  const uint8_t alpha = job.dark ? 235 : 225;
  const bool scalar = !all.empty();
  std::vector<float> values;
  if (scalar) {
    for (const uint32_t p : index) values.push_back(all[p]);
    const auto range = has_fixed_range(job.colour_by) ? std::array<float, 2>{0.0f, 1.0f} : middle(values, 0.02);
    a.low = range[0];
    a.high = range[1] > range[0] ? range[1] : range[0] + 1.0f;
    a.lower = std::any_of(values.begin(), values.end(), [&](float v) { return std::isfinite(v) && v < a.low; });
    a.higher = std::any_of(values.begin(), values.end(), [&](float v) { return std::isfinite(v) && v > a.high; });
  }
  const bool labelled = std::any_of(set.labels.begin(), set.labels.end(), [](int label) { return label >= 0; });
  const bool has_classes = job.colour_by == ColourBy::column || (job.colour_by == ColourBy::label && labelled);
  for (size_t i = 0; i < index.size(); ++i) {
    const uint32_t p = index[i];
    const int kind = colour_class(set, p, job.colour_by, column);
    MapPoint& point = a.points[i];
    point.shape = set.splits[p] == Split::heldout ? PointShape::ring : PointShape::disc;
    const bool missing = scalar ? !std::isfinite(values[i]) : has_classes && kind < 0;
    a.unknown += !scalar && missing;
    if (job.hidden_classes.contains(set.labels[p])) continue;  // colour stays transparent
    if (missing) {
      point.colour = kContextColour;
    } else if (scalar) {
      const auto t = static_cast<double>((values[i] - a.low) / (a.high - a.low));
      point.colour = rgba_of(viridis(std::clamp(t, 0.0, 1.0)), alpha);
    } else {
      point.colour = rgba_of(categorical_colour(static_cast<size_t>(std::max(kind, 0)), job.dark), alpha);
    }
  }
}

/// Where labels are known; an even choice of them where they are very many.
void mark_known(LayerAnswer& a) {
  const LayerJob& job = a.job;
  if (!job.known) return;
  std::vector<uint32_t> marked;
  for (size_t i = 0; i < a.rows.size(); ++i)
    if (a.points[i].colour[3] != 0 && job.known->label(a.rows[i]) >= 0) marked.push_back(static_cast<uint32_t>(i));
  a.known = marked.size();
  std::vector<uint32_t> chosen(std::min(marked.size(), kMostMarks));
  for (size_t k = 0; k < chosen.size(); ++k) chosen[k] = marked[k * marked.size() / chosen.size()];
  std::array<uint8_t, 4> ink{};
  std::memcpy(ink.data(), &job.ink, ink.size());
  // Many rings are faint, so that the points' colours still show.
  const float crowd = std::sqrt(300.0f / static_cast<float>(std::max<size_t>(chosen.size(), 1)));
  ink[3] = static_cast<uint8_t>(static_cast<float>(ink[3]) * std::clamp(crowd, 0.3f, 1.0f));
  for (const uint32_t i : chosen) a.marks.push_back({a.points[i].x, a.points[i].y, ink, PointShape::mark});
}

void add_halos(LayerAnswer& a) {
  if (!a.job.halo) return;
  std::array<uint8_t, 4> ground{};
  std::memcpy(ground.data(), &a.job.halo, ground.size());
  for (const MapPoint& point : a.points)
    if (point.colour[3] != 0) a.halos.push_back({point.x, point.y, ground, PointShape::halo});
}

}  // namespace

std::array<float, 4> picture_bounds(std::span<const MapPoint> points) {
  constexpr size_t kSampled = 20000;
  constexpr float kNear = 1.0f / 3.0f;
  std::array<std::vector<float>, 2> sampled;
  std::array<std::array<float, 2>, 2> all{{{INFINITY, -INFINITY}, {INFINITY, -INFINITY}}};
  const size_t stride = points.size() / kSampled + 1;
  for (size_t i = 0; i < points.size(); ++i) {
    const std::array<float, 2> at{points[i].x, points[i].y};
    if (!std::isfinite(at[0]) || !std::isfinite(at[1])) continue;
    for (size_t k = 0; k < 2; ++k) {
      all[k] = {std::min(all[k][0], at[k]), std::max(all[k][1], at[k])};
      if (i % stride == 0) sampled[k].push_back(at[k]);
    }
  }
  if (sampled[0].empty()) return {-3, -3, 3, 3};
  std::array<float, 4> bounds{};
  for (size_t k = 0; k < 2; ++k) {
    const auto most = middle(std::move(sampled[k]), 0.005);
    const float near = kNear * (most[1] - most[0]);
    bounds[k] = std::max(all[k][0], most[0] - near);
    bounds[k + 2] = std::min(all[k][1], most[1] + near);
  }
  return bounds;
}

std::shared_ptr<const LayerAnswer> make_layer(const LayerJob& job) {
  auto a = std::make_shared<LayerAnswer>();
  a->job = job;
  if (!job.frame || !job.frame->points) return a;
  const ProjectionFrame& frame = *job.frame;
  std::vector<uint32_t> index;   // into the frame's point set
  std::vector<uint32_t> chosen;  // into frame.positions
  if (job.limit != 0 && job.limit < frame.shown.size()) {
    chosen = subset_of(frame.shown.size(), job.limit, 1);
  } else {
    chosen.resize(frame.shown.size());
    for (size_t i = 0; i < chosen.size(); ++i) chosen[i] = static_cast<uint32_t>(i);
  }
  const std::vector<float> values = values_of(job);
  if (!values.empty())
    std::stable_partition(chosen.begin(), chosen.end(), [&](uint32_t i) { return !std::isfinite(values[frame.shown[i]]); });  // below
  a->points.resize(chosen.size());
  a->rows.resize(chosen.size());
  index.resize(chosen.size());
  for (size_t i = 0; i < chosen.size(); ++i) {
    index[i] = frame.shown[chosen[i]];
    a->points[i].x = frame.positions(chosen[i], 0);
    a->points[i].y = frame.positions(chosen[i], 1);
    a->rows[i] = frame.points->ids[index[i]];
  }
  colour_points(*a, index, values);
  mark_known(*a);
  add_halos(*a);
  a->bounds = picture_bounds(a->points);
  a->grid.build(a->points);
  if (job.splat && job.width > 0 && job.height > 0) {
    a->rgba.resize(job.width * job.height * 4);
    for (size_t i = 0; i < a->rgba.size(); i += 4) std::memcpy(a->rgba.data() + i, &job.ground, 4);
    if (job.underlay) blend_image(*job.underlay, job.camera, job.width, job.height, a->rgba);
    splat_points(a->halos, job.camera, job.width, job.height, job.diameter, a->rgba);
    splat_points(a->points, job.camera, job.width, job.height, job.diameter, a->rgba);
    splat_points(a->marks, job.camera, job.width, job.height, job.diameter, a->rgba);
  }
  return a;
}

PointLayer::PointLayer() : worker_([](const LayerJob& job, std::stop_token) { return make_layer(job); }, kBehindTraining) {}

void PointLayer::update(const LayerJob& wanted) {
  if (!probed_) {
    probed_ = true;
    software_ = software_opengl() || !scatter_.prepare().ok();
  }
  LayerJob job = wanted;
  job.splat = software_;
  if (!software_) {
    // The GPU draws at any camera: the worker is asked only when points or colours change.
    job.camera = {};
    job.width = job.height = 0;
    job.underlay = nullptr;
  }
  if (!(job == asked_)) {
    asked_ = job;
    worker_.request(job);
  }
  auto ready = worker_.latest();
  const bool fresh = ready && ready != answer_;
  if (fresh) answer_ = std::move(ready);
  if (!answer_) return;
  if (software_) {
    if (fresh && !answer_->rgba.empty()) {
      texture_.upload(answer_->rgba, answer_->job.width, answer_->job.height, true);
      drawn_camera_ = answer_->job.camera;
      drawn_width_ = answer_->job.width;
      drawn_height_ = answer_->job.height;
    }
    fits_ = job.camera == drawn_camera_ && job.width == drawn_width_ && job.height == drawn_height_;
    texture_.set_smooth(!fits_);
    return;
  }
  if (fresh && answer_->marks.empty() && answer_->halos.empty()) {
    scatter_.set_points(answer_->points);
  } else if (fresh) {
    std::vector<MapPoint> all = answer_->halos;
    all.insert(all.end(), answer_->points.begin(), answer_->points.end());
    all.insert(all.end(), answer_->marks.begin(), answer_->marks.end());
    scatter_.set_points(all);
  }
  if (fresh || !(wanted.camera == drawn_camera_) || wanted.width != drawn_width_ || wanted.height != drawn_height_) draw_with_gpu(wanted);
}

void PointLayer::draw_with_gpu(const LayerJob& job) {
  if (job.width == 0 || job.height == 0) return;
  scatter_.draw(job.camera, job.width, job.height, job.diameter);
  drawn_camera_ = job.camera;
  drawn_width_ = job.width;
  drawn_height_ = job.height;
  fits_ = true;
}

void PointLayer::shutdown() {
  texture_ = Texture();
  scatter_.release();
}

}  // namespace latentscape

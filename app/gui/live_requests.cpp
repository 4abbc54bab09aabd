#include "app/gui/live_requests.hpp"

#include <algorithm>
#include <cmath>

#include "app/gui/latent_lookup.hpp"
#include "core/explore/prior.hpp"

namespace latentscape {
namespace {

constexpr double kTilePixels = 32.0;
constexpr size_t kMostTiles = 28;                     // a side
constexpr double kPriorReach = 3.2;                   // of the standard normal prior, 99.9 % of each axis
constexpr size_t kSamples = 64, kTableSamples = 512;  // points of a table show their density
constexpr size_t kSampleColumns = 8, kMostColumns = 10, kWordColumns = 4;
constexpr size_t kStyles = 8;                             // columns of the matrix
constexpr size_t kMostClasses = 24;                       // rows of it
constexpr double kInversePause = 0.3, kJudgePause = 2.0;  // seconds
constexpr double kCostShare = 8.0, kJudgeShare = 3.0;     // times what the last answer cost, before the next question
constexpr double kPatience = 30.0;                        // seconds, with a question that gets no answer

/// The smallest of 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is at least `value`.
double nice_above(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  for (double factor : {1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0})
    if (factor * power >= value * (1.0 - 1e-9)) return factor * power;
  return 10.0 * power;
}

uint64_t weights_of(const std::shared_ptr<const TrainingSnapshot>& snapshot) {
  return snapshot && snapshot->weights ? snapshot->weights->revision : 0;
}

/// The tag of samples tells of what kind they are.
uint64_t samples_tag(uint64_t number, SamplesKind kind) { return 2 * number + (kind == SamplesKind::styles ? 1 : 0); }

/// The same styles for each class.
void fill_styles(GridRequest& request, const SamplesGrid& grid, std::span<const float> probe, const FloatArray& draws) {
  for (size_t t = 0; t < grid.rows * grid.columns; ++t) {
    const size_t column = t % grid.columns;
    const auto z = column == 0 ? probe : draws.row(column - 1);
    std::copy(z.begin(), z.end(), request.z.row_data(t));
    request.labels.push_back(static_cast<int32_t>(t / grid.columns));
  }
}

}  // namespace

SamplesGrid samples_grid(const OpenedRun& run, const SamplesView& view) {
  const size_t classes = run.model->decodes_labels() ? run.model->classes() : 0;
  const bool pictures = run.data->kind == DataKind::image;
  if (classes > 0 && pictures && view.kind == SamplesKind::styles) return {SamplesKind::styles, std::min(classes, kMostClasses), kStyles};
  const bool in_turn = classes > 0 && classes <= kMostColumns && view.label < 0;
  const bool words = run.data->kind == DataKind::text;  // tiles that can be read
  const size_t columns = words ? kWordColumns : in_turn ? kMostColumns / classes * classes : kSampleColumns;
  return {SamplesKind::draws, kSamples / columns, columns};
}

bool shows(const GridAnswer& answer, const SamplesGrid& grid) {
  return answer.tag == samples_tag(answer.tag / 2, grid.kind) && answer.z.rows >= grid.rows * grid.columns;
}

UnderlayGrid underlay_grid(const Camera& camera, float width_px, float height_px, float scale, double reach) {
  UnderlayGrid grid;
  const double upp = camera.units_per_pixel / static_cast<double>(scale);
  if (!(upp > 0) || !std::isfinite(upp) || width_px < 8 || height_px < 8) return grid;
  const double half_w = 0.5 * upp * static_cast<double>(width_px), half_h = 0.5 * upp * static_cast<double>(height_px);
  const double x0 = std::max(camera.x - half_w, -reach), x1 = std::min(camera.x + half_w, reach);
  const double y0 = std::max(camera.y - half_h, -reach), y1 = std::min(camera.y + half_h, reach);
  if (!(x1 > x0) || !(y1 > y0)) return grid;
  const double least =
      std::max(kTilePixels * static_cast<double>(scale) * upp, std::max(x1 - x0, y1 - y0) / static_cast<double>(kMostTiles - 2));
  const double step = nice_above(least);
  const double left = std::ceil(x0 / step - 0.5) * step, right = std::floor(x1 / step + 0.5) * step;
  const double bottom = std::ceil(y0 / step - 0.5) * step, top = std::floor(y1 / step + 0.5) * step;
  if (right < left || top < bottom) return grid;
  grid.x = left;
  grid.y = top;
  grid.step = step;
  grid.columns = static_cast<size_t>(std::llround((right - left) / step)) + 1;
  grid.rows = static_cast<size_t>(std::llround((top - bottom) / step)) + 1;
  return grid;
}

double underlay_reach(const ProjectionFrame& projection) {
  double reach = kPriorReach;
  for (const float v : projection.positions.values)
    if (std::isfinite(v)) reach = std::max(reach, std::ceil(static_cast<double>(std::abs(v))));
  return reach;
}

bool LiveRequests::probe(const Situation& s, bool& moved) {
  moved = false;
  const uint64_t weights = weights_of(s.session.snapshot);
  if (!s.session.run || weights == 0 || s.view.probe.z.size() != s.session.run->model->latent()) return false;
  moved = probe_z_ != s.view.probe.z || probe_label_ != s.view.probe.label;
  if (!moved && probe_.run == s.session.run->id && probe_.weights == weights) return false;
  probe_z_ = s.view.probe.z;
  probe_label_ = s.view.probe.label;
  probe_ = {s.session.run->id, weights, s.seconds};
  return true;
}

std::optional<GridRequest> LiveRequests::underlay(const Situation& s) {
  const uint64_t weights = weights_of(s.session.snapshot);
  if (!s.session.run || weights == 0 || !s.session.projection || !s.session.projection->linear || s.view.map.underlay != Underlay::manifold)
    return std::nullopt;
  if (s.session.run->data->kind != DataKind::image || s.seconds - underlay_.seconds < 0.125) return std::nullopt;
  const LinearMap& map = *s.session.projection->linear;
  const size_t latent = s.session.run->model->latent();
  if (map.basis.cols != latent) return std::nullopt;
  const double reach = underlay_reach(*s.session.projection);
  const UnderlayGrid grid = underlay_grid(s.view.map.camera, s.map_size[0], s.map_size[1], s.view.look.scale, reach);
  if (grid.columns * grid.rows < 2) return std::nullopt;
  std::vector<float> anchor = drag_anchor(s.session, s.view);
  const int label = s.session.run->model->decodes_labels() ? s.view.probe.label : 0;
  const bool same = grid == grid_ && anchor == anchor_ && label == grid_label_ && s.session.projection->config == grid_config_ &&
                    underlay_.run == s.session.run->id;
  if (same && underlay_.weights == weights) return std::nullopt;
  if (same && s.seconds - underlay_.seconds < 0.25) return std::nullopt;  // only the weights moved
  GridRequest request;
  request.tag = next_tag_++;
  request.z = FloatArray(grid.columns * grid.rows, latent);
  for (size_t row = 0; row < grid.rows; ++row)
    for (size_t column = 0; column < grid.columns; ++column) {
      const std::array<float, 2> at{static_cast<float>(grid.x + static_cast<double>(column) * grid.step),
                                    static_cast<float>(grid.y - static_cast<double>(row) * grid.step)};
      const std::vector<float> z = map.latent_from_map(at, anchor);
      std::copy(z.begin(), z.end(), request.z.row_data(row * grid.columns + column));
    }
  if (s.session.run->model->decodes_labels()) request.labels.assign(request.z.rows, label);
  grid_ = grid;
  grid_label_ = label;
  anchor_ = std::move(anchor);
  grid_config_ = s.session.projection->config;
  underlay_ = {s.session.run->id, weights, s.seconds};
  return request;
}

std::optional<GridRequest> LiveRequests::samples(const Situation& s) {
  const uint64_t weights = weights_of(s.session.snapshot);
  const LayoutView& layout = s.view.layout;
  const bool shown = layout.right_open && !layout.map_only && (layout.right_tab == "samples" || layout.right_tab == "data_space");
  if (!s.session.run || weights == 0 || !shown) return std::nullopt;
  const SamplesView& wanted = s.view.samples;
  const ModelF& model = *s.session.run->model;
  const SamplesGrid grid = samples_grid(*s.session.run, wanted);
  const bool styles = grid.kind == SamplesKind::styles;
  if (styles && s.view.probe.z.size() != model.latent()) return std::nullopt;
  SamplesView decoded = wanted;  // what decides what is decoded
  decoded.live = samples_view_.live;
  const bool same = decoded == samples_view_ && samples_.run == s.session.run->id;
  const bool moved = styles && samples_z_ != s.view.probe.z;
  if (same && !moved && (samples_.weights == weights || !wanted.live)) return std::nullopt;
  if (s.seconds - samples_.seconds < (!same ? 0.05 : moved ? 0.1 : 0.5)) return std::nullopt;
  samples_view_ = wanted;
  samples_ = {s.session.run->id, weights, s.seconds};
  samples_z_ = s.view.probe.z;
  GridRequest request;
  request.tag = samples_tag(next_tag_++, grid.kind);
  const size_t count = s.session.run->data->kind == DataKind::table ? kTableSamples : grid.rows * grid.columns;
  FloatArray draws = prior_draws(styles ? grid.columns - 1 : count, model.latent(), wanted.seed, static_cast<double>(wanted.temperature));
  if (styles) {
    request.z.resize(count, model.latent());
    fill_styles(request, grid, s.view.probe.z, draws);
    return request;
  }
  request.z = std::move(draws);
  if (model.decodes_labels() && wanted.label >= 0)
    request.labels.assign(count, wanted.label);
  else
    request.labels = classes_in_turn(count, model);
  return request;
}

std::optional<InspectRequest> LiveRequests::inspect(const Situation& s) {
  const uint64_t weights = weights_of(s.session.snapshot);
  const int64_t row = s.view.probe.selected_row;
  if (!s.session.run || weights == 0 || row < 0 || row >= static_cast<int64_t>(s.session.run->data->rows)) {
    inspected_row_ = -1;
    return std::nullopt;
  }
  const bool same = row == inspected_row_ && inspect_.run == s.session.run->id;
  if (same && (inspect_.weights == weights || s.seconds - inspect_.seconds < 0.25)) return std::nullopt;
  inspected_row_ = row;
  inspect_ = {s.session.run->id, weights, s.seconds};
  InspectRequest request;
  request.row = static_cast<uint32_t>(row);
  request.tag = static_cast<uint64_t>(row);
  return request;
}

std::optional<ProjectionRequest> LiveRequests::projection(const Situation& s) {
  if (!s.session.run) return std::nullopt;
  ProjectionConfig config = s.view.map.projection;
  const size_t latent = s.session.run->model->latent();
  config.axis_x = std::min(config.axis_x, latent - 1);
  config.axis_y = std::min(config.axis_y, latent - 1);
  const bool frozen = s.view.map.frozen && !is_linear(config.method);
  if (projection_run_ == s.session.run->id && projection_config_ == config && follow_ == s.view.map.follow && frozen_ == frozen &&
      map_round_ == s.map_round)
    return std::nullopt;
  if (map_round_ != s.map_round) rounds_[config.method] = s.map_round;  // the other layouts go on as they are
  projection_run_ = s.session.run->id;
  projection_config_ = config;
  follow_ = s.view.map.follow;
  frozen_ = frozen;
  map_round_ = s.map_round;
  ProjectionRequest request;
  request.config = config;
  request.follow = follow_;
  request.running = !frozen;
  request.round = rounds_[config.method];
  return request;
}

std::shared_ptr<const ProjectionFrame> LiveRequests::inverse(const Situation& s) {
  const auto& frame = s.session.projection;
  if (!frame || !frame->latents || is_linear(frame->config.method) || frame == inverse_of_) return nullptr;
  const auto& last = s.session.inverse;
  const bool answered = !inverse_of_ || inverse_of_->points != frame->points || (last && last->frame == inverse_of_);
  const double pause = answered ? std::max(kInversePause, last ? kCostShare * last->seconds : 0.0) : kPatience;
  if (s.seconds - inverse_seconds_ < pause) return nullptr;
  inverse_seconds_ = s.seconds;
  return inverse_of_ = frame;
}

std::optional<JudgeRequest> LiveRequests::judgement(const Situation& s) {
  const auto& frame = s.session.projection;
  const std::string& method = s.view.map.projection.method;
  if (judged_.frame && judged_.frame->config.method != method) judged_ = {};  // the session has given it up
  const LayoutView& layout = s.view.layout;
  const ColourBy colour = colour_chosen(s.session, s.view);
  const bool by_number = colour == ColourBy::trust || colour == ColourBy::moved;
  const bool panel = layout.left_open && !layout.map_only && layout.left_tab == "view";
  if (!frame || !frame->latents || frame->searching || frame->config.method != method || (!by_number && !panel)) return std::nullopt;
  const JudgeRequest wanted{frame, colour == ColourBy::trust, s.session.kept_map};
  const bool other = !judged_.frame || judged_.frame->points != frame->points || judged_.frame->config.method != frame->config.method ||
                     judged_.kept != wanted.kept || (wanted.trust && !judged_.trust);
  if (!other && judged_.frame == frame) return std::nullopt;
  const auto& last = s.session.judgement;
  const bool other_run = judged_.frame && judged_.frame->points != frame->points;  // its answers are not seen any more
  const bool answered =
      !judged_.frame || other_run || (last && last->frame == judged_.frame && (last->kept == judged_.kept || !last->error.empty()));
  const bool itself = judged_.kept && judged_.frame == judged_.kept;  // which says nothing of what moved since
  const bool training = s.session.snapshot && s.session.snapshot->phase == RunPhase::running;
  const bool follows = training && s.view.map.follow;
  const bool rests = !follows && frame->iteration >= frame->iterations;
  const bool at_once = other || rests || itself;
  const double pause = !answered ? kPatience : at_once ? 0.0 : std::max(kJudgePause, last ? kJudgeShare * last->seconds : 0.0);
  if (s.seconds - judged_seconds_ < pause) return std::nullopt;
  judged_ = wanted;
  judged_seconds_ = s.seconds;
  return wanted;
}

}  // namespace latentscape

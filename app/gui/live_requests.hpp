// LiveRequests: what the window asks of the newest weights each frame; pure decisions about when and what, no drawing and no waiting.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/gui/panel.hpp"

namespace latentscape {

/// The lattice of underlay tiles in map units; tile (row, column) is centred on (x + column * step, y - row * step), top row first.
struct UnderlayGrid {
  double x = 0.0, y = 0.0;  // centre of the top left tile
  double step = 0.0;        // tile width and height
  size_t columns = 0, rows = 0;
  bool operator==(const UnderlayGrid&) const = default;
};

/// Tiles of at least 32 scaled pixels that cover what is both visible and within `reach` of the map's origin; lattice points are
/// multiples of the step, so that tiles stay in place while the camera moves. Empty where nothing is visible.
UnderlayGrid underlay_grid(const Camera& camera, float width_px, float height_px, float scale, double reach);

/// How far from the origin a map is decoded: over nearly all of the prior, and as far as a point lies.
double underlay_reach(const ProjectionFrame& projection);

/// How the samples lie: draws of the prior row by row, or a class a row and a style a column, the first of them the probe's own z.
struct SamplesGrid {
  SamplesKind kind = SamplesKind::draws;
  size_t rows = 0, columns = 0;
  bool operator==(const SamplesGrid&) const = default;
};
/// Draws of each class in turn have a column for each class, where they are few.
SamplesGrid samples_grid(const OpenedRun& run, const SamplesView& view);
/// An answer of the kind asked for last: others are of a moment ago.
bool shows(const GridAnswer& answer, const SamplesGrid& grid);

class LiveRequests {
 public:
  struct Situation {
    const SessionView& session;
    const ViewState& view;
    std::array<float, 2> map_size{0, 0};  // pixels
    double seconds = 0.0;
    uint64_t map_round = 0;  // another one: the layout begins anew
  };

  /// True when the probe must be decoded: z moved (`moved` set), or the weights did.
  bool probe(const Situation& s, bool& moved);
  std::optional<GridRequest> underlay(const Situation& s);    // at most 8 a second
  std::optional<GridRequest> samples(const Situation& s);     // while their panel is shown; at most 2 a second while training
  std::optional<InspectRequest> inspect(const Situation& s);  // at most 4 a second while training
  std::optional<ProjectionRequest> projection(const Situation& s);
  /// The map whose way back is to be found, while a drag may ask for it: at once, then after a few times what it costs. Null: none.
  std::shared_ptr<const ProjectionFrame> inverse(const Situation& s);
  /// While its numbers are shown: at once when another thing is asked or the map rests, else after a few times what it costs.
  std::optional<JudgeRequest> judgement(const Situation& s);

 private:
  struct Asked {
    uint64_t run = 0, weights = 0;
    double seconds = -1e9;
  };
  Asked probe_, underlay_, samples_, inspect_;
  std::vector<float> probe_z_, samples_z_;
  int probe_label_ = 0, grid_label_ = 0;
  uint64_t next_tag_ = 1;
  UnderlayGrid grid_;
  std::vector<float> anchor_;
  ProjectionConfig grid_config_;
  SamplesView samples_view_;
  int64_t inspected_row_ = -1;
  uint64_t projection_run_ = 0;
  ProjectionConfig projection_config_;
  bool follow_ = true, frozen_ = false;
  uint64_t map_round_ = 0;
  std::map<std::string, uint64_t> rounds_;  // of each method, when it was begun anew last
  std::shared_ptr<const ProjectionFrame> inverse_of_;
  double inverse_seconds_ = -1e9;
  JudgeRequest judged_;
  double judged_seconds_ = -1e9;
};

}  // namespace latentscape

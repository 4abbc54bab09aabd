// Panel: one part of the window. Sees a const view of the session, edits the ViewState, sends commands; changes nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/gui/log.hpp"
#include "app/gui/view_state.hpp"
#include "core/session/session.hpp"

namespace latentscape {

class Controls;    // controls.hpp: named rectangles for scripts and tests
class ImageCache;  // image_cache.hpp: pixels to textures, uploaded only when their version changes
class ProbeClock;  // stats.hpp: pointer event to decoded texture
class UiFonts;     // fonts.hpp
struct Theme;      // theme.hpp: the tokens of the look

/// What the events said so far; kept on the main thread.
struct SessionHistory {
  std::vector<event::LossPoint> losses;
  std::vector<event::Evaluated> evaluations;
  std::vector<event::SettingChanged> changes;
  std::deque<LogEntry> log;  // newest last, at most 5,000
  uint64_t log_dropped = 0;
};

/// What there is this frame: immutable values fetched once, so that all panels agree.
struct SessionView {
  std::shared_ptr<const OpenedRun> run;              // null: nothing open
  std::shared_ptr<const TrainingSnapshot> snapshot;  // null until the first
  std::shared_ptr<const ProjectionFrame> projection;
  std::shared_ptr<const ProbeAnswer> probe;
  std::shared_ptr<const GridAnswer> underlay;
  std::shared_ptr<const GridAnswer> samples;
  std::shared_ptr<const Inspection> inspection;
  std::shared_ptr<const OutlierAnswer> outliers;  // null until somebody asked
  OutlierProgress outlier_progress;
  std::shared_ptr<const MapJudgement> judgement;  // null until somebody asked
  std::shared_ptr<const PlacedInverse> inverse;
  std::shared_ptr<const ProjectionFrame> kept_map;  // that a person kept, to see what moves; null: none
  LoadingState loading;
  std::shared_ptr<const DataPreview> preview;  // of data that is not open; null until somebody asked
  LoadingState previewing;
  const SessionHistory* history = nullptr;  // never null in a panel
};

/// What panels ask for; run after the frame, in order.
class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual void post(Command command) = 0;                    // to the session
  virtual void run_command(std::string_view id) = 0;         // a palette command by its id ("file.export")
  virtual void open_data(const std::string& spec) = 0;       // data or a run directory
  virtual void open_run(const OpenRequest& request) = 0;     // a new run with these settings
  virtual void toast(LogLevel level, std::string text) = 0;  // a sentence; below a line break, what core said of it
  virtual void select_row(int64_t row) = 0;                  // sets probe.selected_row, its z, and asks for an inspection
  virtual void forget_recent(const std::string& spec) = 0;   // off the list of recent data
  virtual void copy_text(const std::string& text) = 0;
};

/// The dataset row under the pointer, in whichever panel, so that all of them mark it; -1: none.
struct PointedRow {
  int64_t now = -1;   // of the frame before
  int64_t next = -1;  // what a panel sets
};

/// Where a drag on a map without an exact way back put the probe: beside a point, so that it travels with the map. It holds while the
/// probe's z is the one that the drag gave.
struct ProbePlace {
  std::vector<float> z;
  int64_t row = -1;               // -1: nowhere
  std::array<float, 2> offset{};  // from that row's point, in map units
  double trust = 0.0;             // of the way back, 0 to 1
  bool holds(const std::vector<float>& probe) const { return row >= 0 && z == probe; }
};

/// All a panel gets.
struct PanelContext {
  const SessionView& session;
  ViewState& view;
  CommandSink& send;
  const Theme& theme;
  const Strings& tr;
  const UiFonts& fonts;
  ImageCache& images;
  Controls& controls;
  ProbeClock& probe_clock;  // probe_clock.uploaded(answer.tag) when the decoded texture was uploaded
  PointedRow& pointed;
  ProbePlace& probe_place;
  double seconds = 0.0;                      // since the program's start; for easing only
  float scale = 1.0f;                        // UI scale
  bool titled = false;                       // a tab above the panel says its name already
  std::span<const std::string> recent = {};  // data and runs opened by path, newest first
};

class Panel {
 public:
  virtual ~Panel() = default;
  virtual void draw(PanelContext& context) = 0;  // into the current child window
  virtual void shutdown() {}                     // frees GL objects while the context lives
};

enum class Region { left, centre, right, bottom };

struct PanelEntry {
  std::string name;   // "train"; also the tab's id and control name
  std::string title;  // key in the strings table
  Region region = Region::left;
  int order = 0;       // within the region
  float share = 1.0f;  // bottom: width share beside its neighbours
  std::function<std::unique_ptr<Panel>()> make;
  std::function<bool(const SessionView&)> shown = {};  // empty: always
};
using PanelRegistry = Registry<PanelEntry>;

}  // namespace latentscape

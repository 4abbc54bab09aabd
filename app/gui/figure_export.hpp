// What the window shows as data for core's writers: the map figure, the weights of the moment, the latents as a table.
#pragma once

#include <memory>
#include <string>

#include "app/gui/panel.hpp"
#include "core/io/figure.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {

/// Everything a map figure is made of: immutable values, so that the figure is built on the export thread.
struct MapFigureSource {
  std::shared_ptr<const OpenedRun> run;
  std::shared_ptr<const LatentFrame> latents;
  std::shared_ptr<const ProjectionFrame> projection;
  std::shared_ptr<const GridAnswer> underlay;     // null: none
  std::shared_ptr<const OutlierAnswer> outliers;  // where the colour is their score
  std::shared_ptr<const MapJudgement> judgement;  // where it is trust or what moved
  MapView view;
  bool dark = true;
  std::array<float, 2> map_size{0, 0};  // pixels of the map on screen at UI scale 1: what part of it is seen
};

/// The points, colours, underlay, axes and legend that the map shows now.
ScatterFigure figure_of(const MapFigureSource& source);

/// The weights of a snapshot as a run that core's exporters take (no optimiser state).
LoadedRun loaded_run_of(const OpenedRun& run, const TrainingSnapshot& snapshot);

/// row,split,label,z1,...: one line a point.
std::string latents_csv(const OpenedRun& run, const LatentFrame& latents);

}  // namespace latentscape

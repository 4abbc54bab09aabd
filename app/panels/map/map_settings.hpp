// The settings of the map in the View panel: those of the method that is shown, how far its layout is, and how good it is.
#pragma once

#include <string>

#include "app/gui/panel.hpp"

namespace latentscape {

/// How long a layout runs: "1,000", or "1,000 + 116" where changes made it longer.
std::string length_of(const ProjectionFrame& frame);

class MapSettings {
 public:
  void draw(PanelContext& c);

 private:
  void tsne(PanelContext& c);
  void umap(PanelContext& c);
  void progress(PanelContext& c);
  void quality(PanelContext& c);
  void kept(PanelContext& c);
  double most_neighbours(const PanelContext& c) const;

  // While their sliders are held: what needs neighbours anew is taken when the hand lets go.
  float perplexity_ = 0.0f, neighbours_ = 0.0f;
};

}  // namespace latentscape

// The curve that UMAP wants: how surely two points are connected that lie at a distance on the map.
#pragma once

namespace latentscape {

/// 1 / (1 + a distance^(2b)).
struct UmapCurve {
  double a = 1.0;
  double b = 1.0;
};

/// The least-squares fit, on 300 distances from 0 to 3 spread, to 1 up to min_dist and exp(-(distance - min_dist) / spread) beyond.
/// 0 <= min_dist <= spread. McInnes, Healy & Melville 2018, definition 11.
UmapCurve umap_curve(double min_dist, double spread = 1.0);

}  // namespace latentscape

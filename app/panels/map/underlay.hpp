// Underlay: the decoded manifold as one image in map units.
#pragma once

#include <imgui.h>

#include <memory>

#include "app/render/splat.hpp"
#include "core/data/dataset.hpp"
#include "core/projection/projection.hpp"
#include "core/session/explore_requests.hpp"

namespace latentscape {

/// The grid's decoded pictures side by side, faint, grey ones in the colour `ink`. The grid is row-major from the top left, evenly spaced.
/// Null where the grid is none of this data and map, or has fewer than two columns.
std::shared_ptr<const MapImage> manifold_image(const GridAnswer& grid, const LinearMap& map, const Dataset& data, ImU32 ink, bool dark);

}  // namespace latentscape

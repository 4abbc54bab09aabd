// The columns of the open data, one below the other: what each holds and how its values lie.
#pragma once

#include "app/gui/panel.hpp"
#include "core/data/summary.hpp"

namespace latentscape {

/// A section that opens and closes; nothing where there are no columns beside the label.
void column_list(PanelContext& c, const DataSummary& summary);

}  // namespace latentscape

// One training run through Session, watched from the command line.
#pragma once

#include <string>

#include "app/cli/commands.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/session/session.hpp"

namespace latentscape {

/// Opens, trains to the target, evaluates train, held-out and test, and reports. Ctrl-C saves a checkpoint and reports what is known, exit
/// 130. `out`: where the run is kept, empty: nowhere. What could not be written to disk never stops the training: its numbers are reported,
/// with the error beside them and exit 1.
/// `notes` are said once the run is open.
Result<Report> train_run(OpenRequest request, const std::string& out, std::vector<std::string> notes, SignalStop& signals);

}  // namespace latentscape

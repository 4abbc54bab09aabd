// Data sources: each turns a name or a path into a Dataset. One file a source.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/log.hpp"
#include "core/base/registry.hpp"
#include "core/data/dataset.hpp"
#include "core/data/reading.hpp"

namespace latentscape {

struct DataRequest {
  std::string spec;                                 // built-in name, with or without a variant, or path
  std::string kind;                                 // force a source by name; empty: detect
  uint64_t seed = 1;                                // for built-in data and for splits
  size_t count = 0;                                 // rows of a built-in set; 0: its default
  double heldout_share = 0.05;                      // of train
  std::string only = {};                            // COLUMN=VALUE[,VALUE]: these rows alone, see subset.hpp; empty: all
  Reading reading = {};                             // choices that a file or folder leaves
  std::string extra = {};                           // another set whose rows join train, see join.hpp; empty: none
  size_t fold = 0, folds = 0;                       // not 0: this fold of train is held out, in place of the share
  std::optional<Preprocessing> preprocessing = {};  // a trained model's, for tables: its columns by name, with its fit; none: fitted here
  size_t memory = 0;  // bytes that values may take before they are read from the disk; 0: half of the machine's
  std::stop_token stop;
  Progress progress;  // may be empty
};

struct DataSource {
  std::string name;                                      // "idx", "strokes"
  std::string summary;                                   // one line for `data list`
  bool builtin = false;                                  // named, not a path
  std::function<bool(const std::string& spec)> accepts;  // cheap look at a path
  std::function<Result<Dataset>(const DataRequest&)> load;
  /// Built-in data with variants ("mixture:rings"): is this one, without the colon? Empty: there are none.
  std::function<Status(const std::string& variant)> check_variant = {};
};

/// All sources, in registration order (generated list).
const Registry<DataSource>& data_sources();

/// The built-in data that `spec` names, alone or with a variant ("mixture", "mixture:rings"); nullptr: it is no such name. Errors
/// (invalid_argument): the data has no such variant.
Result<const DataSource*> builtin_source(const std::string& spec);

/// The source that reads what is asked for: the one named by kind, else built-in data of that name, else the first that takes the path.
/// Errors: not_found, unsupported (no source takes it), invalid_argument.
Result<const DataSource*> detect_source(const DataRequest& request);

/// What to say of a name that is neither built-in data, nor fetched, nor a file or folder (not_found): the nearest name, or how to fetch
/// it.
Error no_such_data(const std::string& spec);

/// Finds the source, loads, checks (label and row counts, finite values), fingerprints, assigns the held-out share by seed, and leaves out
/// what is not asked for: a row has the same split, and the data the same fingerprint, whichever rows are taken. Then the extra rows join.
Result<std::shared_ptr<const Dataset>> load_dataset(const DataRequest& request);

}  // namespace latentscape

// Files that several sub-commands write: arrays, and decoded examples as an array, an image grid or a table.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/data/preprocessing.hpp"
#include "core/models/model.hpp"

namespace latentscape {

/// "png", "npy", "csv": the extension in lower case, without the dot.
std::string extension_of(const std::string& path);

/// Is `out` a name, with one of the extensions ("npy", "png", ...)? `what` is written. Said before anything is read.
Status check_extension(const std::string& out, const std::string& what, std::initializer_list<const char*> extensions);

/// Can `out` be written without harm? Not a file of a run (run.json, its lines, its checkpoints), not one of `inputs`, no
/// file that is there in a folder of data among these, not a folder, and in a folder that is there. Errors: exists, not_found.
Status check_output(const std::string& out, const std::vector<std::string>& inputs);

/// An NPY file of the given dimensions, or of rows x cols.
Status write_array(const std::string& path, std::span<const size_t> dims, std::span<const float> values);
Status write_array(const std::string& path, const FloatArray& array);

/// x: n x width, examples of `shape`. By extension: .npy (n x shape), .png (a grid with `columns` a row; images only), .csv (tables: the
/// columns and words of the preprocessing, where there is one; texts: the likeliest words and their probabilities), .txt (texts only: the
/// same a line). Numbers go back to the units of their columns; those that floats cannot tell apart make the array float64. `classes`: of
/// each row, or none; a column `class` of the CSV. Another extension is invalid_argument and names what is possible.
Status write_examples(const std::string& path, const FloatArray& x, const std::vector<size_t>& shape, const Preprocessing& preprocessing,
                      size_t columns, std::span<const std::string> classes = {});

/// The same check before any work is done.
Status check_examples_path(const std::string& path, const std::vector<size_t>& shape, const Preprocessing& preprocessing);

/// "loss 1.0000  elbo ...  reconstruction ...  KL ..."; without a prior there is neither an ELBO nor a KL.
std::string text_of(const LossTerms& terms, bool prior);

}  // namespace latentscape

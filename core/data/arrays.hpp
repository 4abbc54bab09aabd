// Arrays of NumPy as data: what their dimensions and values mean.
#pragma once

#include "core/data/dataset.hpp"
#include "core/formats/npy.hpp"

namespace latentscape {

/// n x d is a table; n x h x w and n x h x w x c (c is 1 or 3) are images with values from 0 to 1, or 0 to 255: whole ones become bytes, so
/// that the fingerprint is that of the same pixels from elsewhere. `where` names the array in errors: unsupported (other dimensions),
/// corrupt (no rows, other values).
Result<Dataset> dataset_from_array(NpyNumbers array, const std::string& where);

/// The rows of `more` behind those of `array`; `where` names the second. Errors (corrupt): rows of another shape.
Status append_rows(NpyNumbers& array, NpyNumbers more, const std::string& where);

/// A column `label` of one number a row (n, or n x 1): classes where all are whole. Errors (corrupt): another number of rows.
Status add_label_array(Dataset& data, const NpyNumbers& labels, const std::string& where);

}  // namespace latentscape

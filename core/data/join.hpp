// Join: the rows of another set that train beside a set's own, as in `train --extra generated`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/dataset.hpp"

namespace latentscape {

/// The class that a text names: by its name, else by its number among the classes.
std::optional<size_t> class_from_text(const std::vector<std::string>& classes, std::string_view text);

/// Puts the rows of `other` behind those of `data`, as train rows (Dataset::extra counts them); its test rows stay out. Their label is the
/// one that `data` knows by the same name, or, where its classes are no numbers, by its number among them; they have no other column. The
/// fingerprint becomes that of both. Errors (invalid_argument): examples of another kind or shape, a class that `data` does not have.
Status join_train(Dataset& data, const Dataset& other);

/// Makes the labels of `data` those of `classes`, which a model, `whose`, was trained with: matched as join_train does, so that a set that
/// lacks one of them, or has them in another order, is not read wrongly. Errors (invalid_argument): a class that is none of them.
Status take_classes(Dataset& data, const std::vector<std::string>& classes, const std::string& whose);

/// Of a joined set's fingerprint, that of its own rows; any other stays what it is.
std::string own_fingerprint(const std::string& fingerprint);

}  // namespace latentscape

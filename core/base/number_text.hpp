// A number as text that is the sum of a large one and a float.
#pragma once

#include <string>

namespace latentscape {

/// With as many digits as `offset` + `rest` has where `rest` is known to the precision of a float.
std::string number_text(double offset, double rest);

}  // namespace latentscape

// JPEG files (ITU T.81) to pixels, by libjpeg: damaged ones are common, and stb_image reads beside its tables on some.
#pragma once

#include "core/formats/image.hpp"

namespace latentscape {

bool is_jpeg(ByteView bytes);

/// Of a JPEG file: what its header tells. Errors: corrupt, unsupported (CMYK).
Result<ImageInfo> look_at_jpeg(ByteView bytes, std::string_view name);

/// Of a JPEG file that look_at_jpeg has found to be of a bearable size: `channels` 0 keeps the file's own (1 or 3), 1 to 4 converts. What
/// ends early or has wrong codes is corrupt; bytes between its parts that mean nothing are passed over, as viewers do.
Result<Image> decode_jpeg(ByteView bytes, std::string_view name, size_t channels);

}  // namespace latentscape

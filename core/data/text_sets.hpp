// The archives of public text sets, brought into the form in which texts are read: train.tsv and test.tsv, label<TAB>text.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace latentscape {

/// The names for the layouts below, as assets/downloads.tsv has them.
bool is_text_layout(std::string_view layout);

/// Writes `folder`/train.tsv and test.tsv from an archive. Layouts:
///   newsgroups: folders *-train and *-test with a folder a group with a file a post, Latin-1; headers, quotes and signatures are left out,
///     and posts of which nothing is left;
///   glue-sentiment: train.tsv and dev.tsv of sentence<TAB>0 or 1. GLUE keeps the labels of its test.tsv to itself: dev becomes test.
/// Errors: corrupt (not such an archive), io.
Status unpack_texts(std::string_view layout, const std::string& archive, const std::string& folder);

/// Are both there?
bool texts_unpacked(const std::string& folder);

}  // namespace latentscape

// Glyphs of Font Awesome 4.7 that the window uses, as UTF-8.
#pragma once

namespace latentscape::icon {

inline constexpr const char* kPlay = "\xEF\x81\x8B";          // f04b
inline constexpr const char* kPause = "\xEF\x81\x8C";         // f04c
inline constexpr const char* kStep = "\xEF\x81\x91";          // f051
inline constexpr const char* kReset = "\xEF\x83\xA2";         // f0e2
inline constexpr const char* kRandom = "\xEF\x81\xB4";        // f074
inline constexpr const char* kSearch = "\xEF\x80\x82";        // f002
inline constexpr const char* kExport = "\xEF\x80\x99";        // f019
inline constexpr const char* kTheme = "\xEF\x81\x82";         // f042
inline constexpr const char* kOpen = "\xEF\x81\xBC";          // f07c
inline constexpr const char* kFile = "\xEF\x85\x9B";          // f15b
inline constexpr const char* kSave = "\xEF\x83\x87";          // f0c7
inline constexpr const char* kClose = "\xEF\x80\x8D";         // f00d
inline constexpr const char* kCheck = "\xEF\x80\x8C";         // f00c
inline constexpr const char* kCheckCircle = "\xEF\x81\x98";   // f058
inline constexpr const char* kWarning = "\xEF\x81\xB1";       // f071
inline constexpr const char* kError = "\xEF\x81\x97";         // f057
inline constexpr const char* kInfo = "\xEF\x81\x9A";          // f05a
inline constexpr const char* kProbe = "\xEF\x81\x9B";         // f05b crosshairs
inline constexpr const char* kPan = "\xEF\x89\x96";           // f256 hand
inline constexpr const char* kPointer = "\xEF\x89\x85";       // f245
inline constexpr const char* kFit = "\xEF\x82\xB2";           // f0b2
inline constexpr const char* kUndo = "\xEF\x83\xA2";          // f0e2
inline constexpr const char* kRedo = "\xEF\x80\x9E";          // f01e
inline constexpr const char* kCopy = "\xEF\x83\x85";          // f0c5
inline constexpr const char* kRefresh = "\xEF\x80\xA1";       // f021
inline constexpr const char* kChevronDown = "\xEF\x81\xB8";   // f078
inline constexpr const char* kChevronUp = "\xEF\x81\xB7";     // f077
inline constexpr const char* kChevronLeft = "\xEF\x81\x93";   // f053
inline constexpr const char* kChevronRight = "\xEF\x81\x94";  // f054
inline constexpr const char* kCaretDown = "\xEF\x83\x97";     // f0d7
inline constexpr const char* kEye = "\xEF\x81\xAE";           // f06e
inline constexpr const char* kEyeSlash = "\xEF\x81\xB0";      // f070
inline constexpr const char* kImage = "\xEF\x80\xBE";         // f03e
inline constexpr const char* kLightbulb = "\xEF\x83\xAB";     // f0eb
inline constexpr const char* kHistory = "\xEF\x87\x9A";       // f1da
inline constexpr const char* kDatabase = "\xEF\x87\x80";      // f1c0
inline constexpr const char* kExpand = "\xEF\x81\xA5";        // f065
inline constexpr const char* kPlus = "\xEF\x81\xA7";          // f067
inline constexpr const char* kMinus = "\xEF\x81\xA8";         // f068
inline constexpr const char* kFlask = "\xEF\x83\x83";         // f0c3
inline constexpr const char* kChart = "\xEF\x88\x81";         // f201 line chart
inline constexpr const char* kBars = "\xEF\x82\x80";          // f080 bar chart
inline constexpr const char* kList = "\xEF\x80\xBA";          // f03a
inline constexpr const char* kCubes = "\xEF\x86\xB3";         // f1b3
inline constexpr const char* kSliders = "\xEF\x87\x9E";       // f1de
inline constexpr const char* kSpinner = "\xEF\x84\x90";       // f110
inline constexpr const char* kTint = "\xEF\x81\x83";          // f043
inline constexpr const char* kGrid = "\xEF\x80\x8A";          // f00a
inline constexpr const char* kTrash = "\xEF\x87\xB8";         // f1f8

}  // namespace latentscape::icon

#version 330 core
// Map units to clip space; y is flipped because the off-screen image is shown top row first.
layout(location = 0) in vec2 position;
layout(location = 1) in vec4 colour;
layout(location = 2) in uint shape;  // 0 disc, 1 ring, 2 mark: a thin ring around a point, 3 halo: an outline

uniform vec2 centre;
uniform vec2 clip_per_unit;
uniform float diameter;

flat out vec4 point_colour;
flat out float point_size;
flat out float inner;

void main() {
  point_colour = colour;
  float size = diameter + (shape == 3u ? 3.0 : shape == 2u ? 6.0 : shape == 1u ? 1.5 : 0.0);
  point_size = size + 2.0;
  float outer = size * 0.5;
  inner = shape == 2u ? outer - 1.25 : shape == 1u ? max(0.0, outer - max(1.0, size * 0.25)) : 0.0;
  gl_PointSize = point_size;
  vec2 clip = (position - centre) * clip_per_unit;
  // A point without colour, or without a place, leaves the picture.
  bool hidden = colour.a == 0.0 || isnan(clip.x) || isnan(clip.y);
  gl_Position = hidden ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(clip.x, -clip.y, 0.0, 1.0);
}

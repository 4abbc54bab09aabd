#version 330 core
// An anti-aliased disc or ring by coverage, premultiplied; no discard, so early tests stay on.
flat in vec4 point_colour;
flat in float point_size;
flat in float inner;
out vec4 colour;

void main() {
  float d = length(gl_PointCoord - 0.5) * point_size;
  float outer = point_size * 0.5 - 1.0;
  float cover = clamp(outer + 0.5 - d, 0.0, 1.0);
  if (inner > 0.0) cover *= clamp(d - inner + 0.5, 0.0, 1.0);
  float alpha = point_colour.a * cover;
  colour = vec4(point_colour.rgb * alpha, alpha);
}

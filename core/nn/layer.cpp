#include "core/nn/layer.hpp"

namespace latentscape {

size_t layer_in(const Layer& layer) {
  return std::visit(
      Cases{[](const Linear& l) { return l.in; }, [](const Norm& l) { return l.size(); }, [](const Elementwise& l) { return l.size; },
            [](const Dropout& l) { return l.size; }, [](const auto& conv) { return conv.in(); }},
      layer);
}

size_t layer_out(const Layer& layer) {
  return std::visit(
      Cases{[](const Linear& l) { return l.out; }, [](const Norm& l) { return l.size(); }, [](const Elementwise& l) { return l.size; },
            [](const Dropout& l) { return l.size; }, [](const auto& conv) { return conv.out(); }},
      layer);
}

Activation layer_activation(const Layer& layer) {
  return std::visit(Cases{[](const Elementwise&) { return Activation::identity; }, [](const Dropout&) { return Activation::identity; },
                          [](const auto& l) { return l.activation; }},
                    layer);
}

size_t layer_parameter_count(const Layer& layer) {
  return std::visit(Cases{[](const Elementwise&) { return size_t{0}; }, [](const Dropout&) { return size_t{0}; },
                          [](const auto& l) { return l.parameter_count(); }},
                    layer);
}

std::vector<size_t> weight_shape(const Layer& layer) {
  using Shape = std::vector<size_t>;
  return std::visit(Cases{[](const Linear& l) {
                            return Shape{l.out, l.in};
                          },
                          [](const Norm& l) { return Shape{l.channels}; }, [](const Elementwise&) { return Shape{}; },
                          [](const Dropout&) { return Shape{}; },
                          [](const auto& conv) {
                            return Shape{conv.shape.features, conv.shape.kernel, conv.shape.kernel, conv.shape.channels};
                          }},
                    layer);
}

std::vector<size_t> bias_shape(const Layer& layer) {
  using Shape = std::vector<size_t>;
  return std::visit(Cases{[](const Linear& l) { return Shape{l.out}; }, [](const Convolution& l) { return Shape{l.shape.features}; },
                          [](const TransposedConvolution& l) { return Shape{l.shape.channels}; },
                          [](const Norm& l) { return Shape{l.channels}; }, [](const auto&) { return Shape{}; }},
                    layer);
}

size_t layer_classes(const Layer& layer) {
  const auto* linear = std::get_if<Linear>(&layer);
  return linear ? linear->classes : 0;
}

double layer_fan_in(const Layer& layer) {
  if (const auto* conv = std::get_if<Convolution>(&layer)) return static_cast<double>(conv->shape.patch());
  const auto* up = std::get_if<TransposedConvolution>(&layer);
  if (!up) return static_cast<double>(layer_in(layer));
  // Each number of the output is a sum over (kernel / stride)^2 places of all features.
  const double places = static_cast<double>(up->shape.kernel) / static_cast<double>(up->shape.stride);
  return places * places * static_cast<double>(up->shape.features);
}

double layer_macs(const Layer& layer) {
  const auto real = [](size_t n) { return static_cast<double>(n); };
  return std::visit(Cases{[&](const Linear& l) { return real(l.in) * real(l.out); }, [&](const Norm& l) { return real(l.size()); },
                          [](const Elementwise&) { return 0.0; }, [](const Dropout&) { return 0.0; },
                          [&](const auto& conv) { return real(conv.weight_count()) * real(conv.shape.places()); }},
                    layer);
}

bool layer_in_place(const Layer& layer) {
  return std::holds_alternative<Norm>(layer) || std::holds_alternative<Elementwise>(layer) || std::holds_alternative<Dropout>(layer);
}

size_t layer_gradient_scratch(const Layer& layer, size_t n) {
  return std::visit(Cases{[](const Elementwise&) { return size_t{0}; }, [](const Dropout&) { return size_t{0}; },
                          [&](const auto& l) { return l.gradient_scratch(n); }},
                    layer);
}

double parameter_count_of(std::span<const Layer> layers) {
  double count = 0.0;
  for (const Layer& layer : layers) {
    const std::vector<size_t> shape = weight_shape(layer);
    if (shape.empty()) continue;
    double weights = 1.0;
    for (size_t side : shape) weights *= static_cast<double>(side);
    count += weights + static_cast<double>(bias_shape(layer)[0]) * static_cast<double>(1 + layer_classes(layer));
  }
  return count;
}

}  // namespace latentscape

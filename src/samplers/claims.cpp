#include "samplers/claims.hpp"

#include <algorithm>
#include <iterator>

#include "support/words.hpp"

namespace sqrtn::samplers {
namespace {

/// What an id ends with, or holds, that is about how sqrtn draws.
constexpr std::string_view about_sqrtn[] = {"/addresses",   "/splitting",  "/parameters",  "/threads",
                                            "/large_fills", "/fans/table", "/orthonormal", "/isometry"};

/// What layers show of their weights: given x all that they show with x random, one after the other that they are
/// independent; a scale that is off shows in a layer from fewer draws than in a hundred.
constexpr std::string_view of_layers[] = {"layers/linear/", "layers/relu/", "layers/batch/",
                                          "layers/orthogonal_inputs/", "chains/linear/independent_layers/"};

bool is_about_weights_of_layers(const std::string& id) {
  return !id.ends_with("/rms") &&
         std::ranges::any_of(of_layers, [&](std::string_view group) { return id.starts_with(group); });
}

bool is_about_draws(const std::string& id) {
  if (id.starts_with("initialisers/spectral/") || has_part(id, "philox")) return false;
  if (id.starts_with("layers/") || id.starts_with("chains/")) return is_about_weights_of_layers(id);
  const bool of_generator = id.starts_with("generator/");
  return std::ranges::none_of(
      about_sqrtn, [&](std::string_view word) { return id.ends_with(word) && (of_generator || word != "/addresses"); });
}

/// Of uniforms: a half type keeps fewer of them the larger the number is.
bool is_about_digits(const std::string& id) { return id.ends_with("/digits") || id.ends_with("/collisions"); }

/// The type in which the claims are made.
std::string_view claimed_type(Element dtype) { return dtype == Element::f64 ? "f64" : "f32"; }

/// By nothing, or another one; ids begin with none of these.
void replace(std::string& id, std::string_view part, std::string_view by) {
  const std::string old = '/' + std::string(part);
  std::size_t at = id.find(old + '/');
  if (at == std::string::npos) at = id.ends_with(old) ? id.size() - old.size() : id.size();
  if (at < id.size()) id.replace(at, old.size(), by.empty() ? "" : '/' + std::string(by));
}

}  // namespace

bool has_part(std::string_view id, std::string_view word) {
  for (std::size_t at = id.find(word); at != std::string_view::npos; at = id.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || id[at - 1] == '/') && (end == id.size() || id[end] == '/')) return true;
  }
  return false;
}

std::string_view rule_of(std::string_view id) {
  static const std::vector<std::string> rules = all_rules();
  const auto rule = std::ranges::find_if(rules, [&](const std::string& one) { return has_part(id, one); });
  return rule == rules.end() ? std::string_view() : *rule;
}

std::vector<claims::Claim> draw_claims(const claims::Settings& settings, Element dtype, bool is_first) {
  std::vector<claims::Claim> all;
  for (auto* more : {claims::initialiser_claims, claims::structured_claims, claims::generator_claims,
                     claims::layer_claims, claims::chain_claims, claims::reuse_claims}) {
    std::ranges::move(more(settings), std::back_inserter(all));
  }
  std::erase_if(all, [&](const claims::Claim& claim) {
    if (!is_about_draws(claim.id)) return true;
    if (bytes_of(dtype) == 2 && is_about_digits(claim.id)) return true;
    if (has_part(claim.id, "f32") || has_part(claim.id, "f64")) {
      return dtype == Element::u32 || !has_part(claim.id, claimed_type(dtype));
    }
    return dtype == Element::u32 ? !claim.id.starts_with("generator/")
                                 : !is_first || !claim.id.starts_with("initialisers/");
  });
  for (claims::Claim& claim : all) {
    replace(claim.id, "ars", "");
    replace(claim.id, claimed_type(dtype), word_of(dtype, element_words));
    claim.engine.clear();
  }
  return all;
}

}  // namespace sqrtn::samplers

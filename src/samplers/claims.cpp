#include "samplers/claims.hpp"

#include <algorithm>
#include <iterator>

#include "support/words.hpp"

namespace sqrtn::samplers {
namespace {

/// What an id ends with, or holds, that is about how sqrtn draws.
constexpr std::string_view about_sqrtn[] = {"/addresses",  "/splitting",   "/parameters", "/threads", "/large_fills",
                                            "/fans/table", "/orthonormal", "/isometry",   "/philox"};

bool is_about_draws(const std::string& id) {
  if (id.starts_with("initialisers/spectral/")) return false;
  const bool of_generator = id.starts_with("generator/");
  return std::ranges::none_of(about_sqrtn, [&](std::string_view word) {
    if (word == "/philox") return id.find(word) != std::string::npos;
    return id.ends_with(word) && (of_generator || word != "/addresses");
  });
}

/// Of uniforms: a half type keeps fewer of them the larger the number is.
bool is_about_digits(const std::string& id) { return id.ends_with("/digits") || id.ends_with("/collisions"); }

/// The type in which the claims are made.
std::string_view claimed_type(Element dtype) { return dtype == Element::f64 ? "/f64" : "/f32"; }

void replace(std::string& id, std::string_view part, const std::string& by) {
  const std::size_t at = id.find(std::string(part) + '/');
  if (at != std::string::npos) {
    id.replace(at, part.size(), by);
  } else if (id.ends_with(part)) {
    id.replace(id.size() - part.size(), part.size(), by);
  }
}

bool names(const std::string& id, std::string_view part) {
  return id.ends_with(part) || id.find(std::string(part) + '/') != std::string::npos;
}

}  // namespace

std::vector<claims::Claim> draw_claims(const claims::Settings& settings, Element dtype, bool is_first) {
  std::vector<claims::Claim> all;
  for (auto* more : {claims::initialiser_claims, claims::structured_claims, claims::generator_claims}) {
    std::ranges::move(more(settings), std::back_inserter(all));
  }
  std::erase_if(all, [&](const claims::Claim& claim) {
    if (!is_about_draws(claim.id)) return true;
    if (bytes_of(dtype) == 2 && is_about_digits(claim.id)) return true;
    if (names(claim.id, "/f32") || names(claim.id, "/f64")) {
      return dtype == Element::u32 || !names(claim.id, claimed_type(dtype));
    }
    return dtype == Element::u32 ? !claim.id.starts_with("generator/")
                                 : !is_first || !claim.id.starts_with("initialisers/");
  });
  for (claims::Claim& claim : all) {
    replace(claim.id, "/ars", "");
    replace(claim.id, claimed_type(dtype), '/' + std::string(word_of(dtype, element_words)));
    claim.engine.clear();
  }
  return all;
}

}  // namespace sqrtn::samplers

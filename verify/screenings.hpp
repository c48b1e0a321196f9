#pragma once

#include "results/screening.hpp"

namespace sqrtn::verify {

/// Two cores, of which the first has a fault; text that markup would interpret.
inline results::Screening synthetic_screening() {
  using results::Family;
  results::Screening screening;
  screening.environment.cpu_model = "Processor <b> | 1";
  screening.environment.cpu_stepping = "family 6 model 143 stepping 8";
  screening.environment.version = "0.2.0";
  screening.environment.kernel = "Linux 6.1";
  screening.blas.emplace().asked = "openblas";
  screening.blas->identity.name = "openblas";
  screening.blas->identity.file_name = "libopenblas.so";
  screening.blas->identity.kernel = "SkylakeX";
  screening.blas->identity.sha256 = "0123";
  screening.command = {"sqrtn", "screen"};
  screening.seed = 1;
  screening.asked_s = 60;
  screening.predictions = {
      {.dtype = "f32", .size = 512, .share = 0.75, .is_used = true, .reason = "<b> | *", .time_s = 1},
      {.dtype = "f64", .size = 512, .reason = "the same call gave other bits", .time_s = 2}};
  for (const int processor : {0, 1}) {
    results::ScreenedCore& core = screening.cores.emplace_back();
    core.processor = core.core = processor;
    core.wall_s = 60;
    core.product_s = 57;
    core.flop = 3.5e11;
    core.clock_hz = 2.5e9 + processor;
    core.faulty_rounds = processor == 0 ? 1 : 0;
    core.exposures = {{Family::dense_integers, "f32", 1000, 134'217'728'000, core.faulty_rounds},
                      {Family::full_mantissas, "f64", 300, 78'643'200, 0}};
  }
  results::Fault& fault = screening.faults.emplace_back();
  fault.dtype = "f32";
  fault.call = "0:12:5";
  fault.size = 512;
  fault.calls = 773;
  fault.time_s = 2.5;
  fault.wrong = 3;
  fault.row = 4;
  fault.col = 7;
  fault.got = "4096";
  fault.expected = "0";
  fault.bits = "0x00001000";
  fault.repeats = {{0, 17, 17}, {1, 17, 0}};
  fault.clock_hz = 2.5e9;
  fault.temperature_c = 61;
  return screening;
}

}  // namespace sqrtn::verify

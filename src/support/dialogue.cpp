#include "support/dialogue.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sqrtn/support/require.hpp"
#include "support/interrupt.hpp"

namespace sqrtn {
namespace {

using How = Answered::How;
using support::Child;
using support::Pipe;

constexpr std::size_t most_kept = 4096;  // of what nobody asked for, and of standard error

/// The child's ends are closed here as soon as it has them.
struct Ends {
  Pipe& in;
  Pipe& out;
  Pipe& err;
  Pipe& failure;
  ~Ends() {
    in.read.close();
    for (Pipe* pipe : {&out, &err, &failure}) pipe->write.close();
  }
};

const std::vector<std::string>& named(const std::vector<std::string>& argv) {
  require(!argv.empty(), "a dialogue needs a program to run; give its name first");
  return argv;
}

support::ChildStreams streams_of(const Pipe& in, const Pipe& out, const Pipe& err, const Pipe& failure) {
  for (const int own : {in.write.number(), out.read.number(), err.read.number()}) fcntl(own, F_SETFL, O_NONBLOCK);
#ifdef F_SETPIPE_SZ
  fcntl(out.read.number(), F_SETPIPE_SZ, 1 << 20);  // fewer changes between the two; refused, it is as it was
#endif
  return {in.read.number(), out.write.number(), err.write.number(), failure.write.number()};
}

void keep_last(std::string& text, std::string_view more) {
  text += more;
  if (text.size() > most_kept) text.erase(0, text.size() - most_kept);
}

}  // namespace

Dialogue::Dialogue(const std::vector<std::string>& argv, std::size_t memory_bytes)
    : in_(support::make_pipe()),
      out_(support::make_pipe()),
      err_(support::make_pipe()),
      failure_(support::make_pipe()),
      child_(named(argv), memory_bytes, {}, streams_of(in_, out_, err_, failure_)) {
  const Ends handed_over{in_, out_, err_, failure_};
}

void Dialogue::read_errors() {
  std::array<char, most_kept> part;
  for (ssize_t got = 0; (got = ::read(err_.read.number(), part.data(), part.size())) != 0;) {
    if (got > 0) keep_last(errors_, {part.data(), static_cast<std::size_t>(got)});
    if (got < 0 && errno != EINTR) return;
  }
  err_.read.close();
}

/// Until something can be written or read. Returns: false if there is nothing more to wait for.
bool Dialogue::wait(std::size_t unwritten, bool reading, Clock::time_point until, Answered& answered) {
  std::array<pollfd, 5> waits{{{unwritten > 0 ? in_.write.number() : -1, POLLOUT, 0},
                               {reading ? out_.read.number() : -1, POLLIN, 0},
                               {err_.read.number(), POLLIN, 0},
                               {ended_ ? -1 : child_.ended(), POLLIN, 0},
                               {interruption(), POLLIN, 0}}};
  const double left_s = std::chrono::duration<double>(until - Clock::now()).count();
  const int left_ms = ended_ ? 0 : static_cast<int>(std::clamp(left_s * 1e3, 0.0, 1e9)) + (left_s > 0 ? 1 : 0);
  const int ready = poll(waits.data(), waits.size(), left_ms);
  if (ready < 0) return true;  // a signal; the time is looked at again
  if (waits[2].revents != 0) read_errors();
  if (waits[4].revents != 0) {
    answered.how = How::interrupted;
    return false;
  }
  if (waits[1].revents != 0 || (waits[0].revents & POLLOUT) != 0) return true;
  if (ended_) answered.how = How::ended;
  if (waits[3].revents != 0 || (waits[0].revents & POLLERR) != 0) {
    ended_ = ended_ || waits[3].revents != 0;  // what it wrote before its end is still read
    return answered.how == How::whole;
  }
  if (ready == 0 && !ended_) answered.how = How::timed_out;
  return answered.how == How::whole;
}

template <class Take>
Answered Dialogue::exchange(std::string_view question, double limit_s, std::size_t wanted, Take take) {
  const Clock::time_point start = Clock::now();
  const auto until = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limit_s));
  Answered answered;
  std::string text(question);
  text += '\n';
  std::string_view unwritten = text;
  while (wanted > 0) {
    const ssize_t put = unwritten.empty() ? 0 : ::write(in_.write.number(), unwritten.data(), unwritten.size());
    if (put > 0) unwritten.remove_prefix(static_cast<std::size_t>(put));
    if (put < 0 && errno == EPIPE) unwritten = {};  // it reads no more; its end is seen below, or the time is up
    const ssize_t got = take(answered.bytes);
    if (got > 0) {
      wanted = got > static_cast<ssize_t>(wanted) ? 0 : wanted - static_cast<std::size_t>(got);
      answered.bytes += static_cast<std::size_t>(got);
      continue;
    }
    const bool closed = got == 0;
    if (!wait(unwritten.size(), !closed, until, answered)) break;
  }
  answered.time_s = std::chrono::duration<double>(Clock::now() - start).count();
  return answered;
}

Answered Dialogue::ask(std::string_view question, std::span<std::byte> answer, double limit_s) {
  return exchange(question, limit_s, answer.size(), [&](std::size_t have) {
    return ::read(out_.read.number(), answer.data() + have, answer.size() - have);
  });
}

Answered Dialogue::ask_line(std::string_view question, std::string& line, std::size_t most, double limit_s) {
  line.clear();
  bool whole = false;
  // Byte by byte: what stands behind the line's end is not the line's.
  Answered answered = exchange(question, limit_s, most, [&](std::size_t) -> ssize_t {
    char byte = 0;
    const ssize_t got = ::read(out_.read.number(), &byte, 1);
    if (got <= 0) return got;
    whole = byte == '\n';
    if (!whole) line += byte;
    return whole ? static_cast<ssize_t>(most) + 1 : 1;
  });
  answered.bytes = line.size();
  if (!whole && answered.how == How::whole) answered.how = How::too_much;
  return answered;
}

std::string Dialogue::unasked() {
  std::array<char, most_kept> part;
  for (ssize_t got = 0; (got = ::read(out_.read.number(), part.data(), part.size())) > 0;) {
    if (unasked_.size() < most_kept) unasked_.append(part.data(), static_cast<std::size_t>(got));
    if (unasked_.size() >= most_kept) break;
  }
  return unasked_;
}

ProcessEnd Dialogue::end(double limit_s) {
  in_.write.close();
  std::array<pollfd, 3> waits{
      {{child_.ended(), POLLIN, 0}, {interruption(), POLLIN, 0}, {out_.read.number(), POLLIN, 0}}};
  const auto until = Clock::now() + std::chrono::duration<double>(limit_s);
  ProcessEnd end;
  end.how = ProcessEnd::How::timed_out;
  for (double left_s = limit_s; left_s > 0 && end.how == ProcessEnd::How::timed_out;
       left_s = std::chrono::duration<double>(until - Clock::now()).count()) {
    const int ready = poll(waits.data(), waits.size(), static_cast<int>(left_s * 1e3) + 1);
    if (ready <= 0) continue;
    if (waits[2].revents != 0 && (unasked().size() >= most_kept || (waits[2].revents & POLLIN) == 0)) waits[2].fd = -1;
    read_errors();
    if (waits[1].revents != 0) end.how = ProcessEnd::How::interrupted;
    if (waits[0].revents != 0) end.how = ProcessEnd::How::exited;
  }
  const support::ChildEnd told = child_.reap();
  end.wall_s = limit_s;
  if (end.how == ProcessEnd::How::exited) support::describe_end(told, end);
  if (::read(failure_.read.number(), &end.code, sizeof end.code) > 0) end.how = ProcessEnd::How::not_started;
  read_errors();
  end.out = unasked();
  end.err = errors_;
  return end;
}

}  // namespace sqrtn

#include "fleet/message.hpp"

#include <mpi.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "sqrtn/support/require.hpp"

namespace sqrtn::fleet {

Ranks::Ranks(int& argc, char**& argv) {
  int granted = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &granted);
  require(granted >= MPI_THREAD_FUNNELED, "this MPI allows no other threads beside it; use one that does");
  MPI_Comm_rank(MPI_COMM_WORLD, &own_);
  MPI_Comm_size(MPI_COMM_WORLD, &count_);
}

Ranks::~Ranks() { MPI_Finalize(); }

void Ranks::send(int to, Tag tag, std::string_view bytes) const {
  MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, to, static_cast<int>(tag), MPI_COMM_WORLD);
}

std::optional<Message> Ranks::next() const {
  int has_come = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &has_come, &status);
  if (has_come == 0) return {};
  int bytes = 0;
  MPI_Get_count(&status, MPI_BYTE, &bytes);
  require(bytes >= 0 && bytes <= 1 << 30, "rank {} sent more than 2^30 bytes", status.MPI_SOURCE);
  Message message{status.MPI_SOURCE, static_cast<Tag>(status.MPI_TAG),
                  std::string(static_cast<std::size_t>(bytes), '\0')};
  MPI_Recv(message.bytes.data(), bytes, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD, &status);
  return message;
}

bool Ranks::below_mpirun() { return std::getenv("OMPI_COMM_WORLD_RANK") != nullptr; }

void Ranks::leave(int code) const {
  std::fflush(nullptr);
  // mpirun ends all ranks when one leaves with another code than 0. Where it has been asked to let them go on it waits
  // for those that are lost, and MPI_Abort waits with it: it has to be told.
  if (std::getenv("OMPI_MCA_orte_enable_recovery") != nullptr && code != 0) kill(getppid(), SIGTERM);
  // srun waits for all ranks, whatever one leaves with, and ends the step where MPI_Abort asks it to.
  if (!below_mpirun() && std::getenv("SLURM_STEP_ID") != nullptr && code != 0) MPI_Abort(MPI_COMM_WORLD, code);
  std::_Exit(code);
}

}  // namespace sqrtn::fleet

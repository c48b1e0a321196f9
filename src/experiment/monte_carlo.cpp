#include "sqrtn/experiment/monte_carlo.hpp"

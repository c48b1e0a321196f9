#include "sqrtn/blas/backend.hpp"

#include "sqrtn/init/gain.hpp"

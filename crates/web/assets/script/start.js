pageCame();

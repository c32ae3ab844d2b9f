print("muster-lab")
